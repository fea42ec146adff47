import { createHash, type Hash } from 'node:crypto';

/** Content that moves one way through an open file: counted, and hashed while it comes in order from the start. */
export class Transfer {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');
  private isInOrder = true;

  /** Content at `offset`. */
  add(offset: number, data: Buffer): void {
    if (offset !== this.bytes) this.isInOrder = false;
    this.bytes += data.length;
    if (this.isInOrder) this.hash.update(data);
  }

  /** Something about it is not known. */
  spoil(): void {
    this.isInOrder = false;
  }

  /** The content's hash when it came whole; `isComplete` says whether its end is known to be the end. */
  end(isComplete: boolean): { bytes: number; sha256?: string; isPartial: boolean } {
    const { bytes } = this;
    return this.isInOrder && isComplete ? { bytes, sha256: this.hash.digest('hex'), isPartial: false } : { bytes, isPartial: true };
  }
}
