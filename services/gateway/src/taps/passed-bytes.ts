import { createHash, type Hash } from 'node:crypto';

/** Bytes of a stream that are hashed beside the hashes of its files: enough to identify a program that was not a transfer, without hashing every gigabyte twice. */
const HEAD_BYTES = 1024 * 1024;

/** Counts the bytes of one stream that file frames describe, and hashes its beginning. */
export class PassedBytes {
  private bytes = 0;
  private hash: Hash | undefined;

  add(data: Buffer): void {
    if (this.bytes < HEAD_BYTES) (this.hash ??= createHash('sha256')).update(data.subarray(0, HEAD_BYTES - this.bytes));
    this.bytes += data.length;
  }

  /** Returns the gaps for these bytes: the beginning with its hash, and the length of the rest. */
  gaps(): { bytes: number; sha256?: string }[] {
    const head = Math.min(this.bytes, HEAD_BYTES);
    return [
      ...(this.hash ? [{ bytes: head, sha256: this.hash.digest('hex') }] : []),
      ...(this.bytes > head ? [{ bytes: this.bytes - head }] : []),
    ];
  }
}
