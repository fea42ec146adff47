import { createHash, type Hash } from 'node:crypto';

/** SHA-256 of content that arrives in parts, as long as they are consecutive and start at 0. */
export class OrderedHash {
  private readonly hash: Hash = createHash('sha256');
  private next = 0n;
  private isInOrder = true;

  /** Adds a part at its offset. */
  update(offset: bigint, bytes: Buffer): void {
    if (offset !== this.next) this.isInOrder = false;
    if (!this.isInOrder) return;
    this.hash.update(bytes);
    this.next += BigInt(bytes.length);
  }

  /** Returns the hash in hexadecimal; undefined if parts were out of order or none arrived. Ends the hash. */
  digest(): string | undefined {
    return this.isInOrder && this.next > 0n ? this.hash.digest('hex') : undefined;
  }
}
