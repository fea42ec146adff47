import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Returns a random secret of `bytes` bytes as base64url, for bearer tokens and generated passwords. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Returns SHA-256 in hex. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Compares in constant time, so that the time does not show where the texts differ. */
export function constantTimeEqual(a: string, b: string): boolean {
  const [left, right] = [createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()];
  return timingSafeEqual(left, right);
}
