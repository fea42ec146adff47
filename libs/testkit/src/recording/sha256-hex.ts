import { createHash } from 'node:crypto';

/** Returns the SHA-256 of data as lower-case hex. */
export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
