import { createHash, type Hash } from 'node:crypto';

/** As much of a stream is hashed beside its files' own hashes: enough to see a program that was never a transfer, and no second hash of every gigabyte. */
const HEAD_BYTES = 1024 * 1024;

/** Bytes of one stream that other facts tell of, counted; its beginning hashed. */
export class PassedBytes {
  private bytes = 0;
  private hash: Hash | undefined;

  add(data: Buffer): void {
    if (this.bytes < HEAD_BYTES) (this.hash ??= createHash('sha256')).update(data.subarray(0, HEAD_BYTES - this.bytes));
    this.bytes += data.length;
  }

  /** What is to be said of them: the beginning with its hash, and the number of the others. */
  gaps(): { bytes: number; sha256?: string }[] {
    const head = Math.min(this.bytes, HEAD_BYTES);
    return [
      ...(this.hash ? [{ bytes: head, sha256: this.hash.digest('hex') }] : []),
      ...(this.bytes > head ? [{ bytes: this.bytes - head }] : []),
    ];
  }
}
