import { v7 } from 'uuid';

/** Returns a new id: UUID version 7 (RFC 9562 §5.7), so that ids sort by their time of creation. */
export const uuidv7 = (): string => v7();
