import { v7 } from 'uuid';

/** Returns a new id: UUID version 7 (RFC 9562 §5.7), so that ids sort by their time of creation. */
export const uuidv7 = (): string => v7();

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns true if a text is a UUID of any version, in any case. */
export const isUuid = (text: string): boolean => UUID.test(text);
