/**
 * Random padding from a pool: one call of the random generator per 64 KiB instead of one per packet. RFC 4253 §6 requires arbitrary bytes.
 */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(64 * 1024);
let used = pool.length;

/** Fills `buffer[start, start + length)` with random bytes that are used only once; `length` is at most 255. */
export const fillPadding = (buffer: Buffer, start: number, length: number): void => {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(buffer, start, used, used + length);
  used += length;
};
