import { createHash, type Hash } from 'node:crypto';

/** SHA-256 of content that passes in pieces, as long as they follow one another from 0 on. */
export class OrderedHash {
  private readonly hash: Hash = createHash('sha256');
  private next = 0n;
  private isInOrder = true;

  /** A piece at its offset. */
  update(offset: bigint, bytes: Buffer): void {
    if (offset !== this.next) this.isInOrder = false;
    if (!this.isInOrder) return;
    this.hash.update(bytes);
    this.next += BigInt(bytes.length);
  }

  /** Hexadecimal; undefined when pieces were out of order or none came. Ends the hash. */
  digest(): string | undefined {
    return this.isInOrder && this.next > 0n ? this.hash.digest('hex') : undefined;
  }
}
