import { createHash, type Hash } from 'node:crypto';

/** Counts the content of one direction of an open file, and hashes it while it comes in order from the start. */
export class Transfer {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');
  private isInOrder = true;

  /** Adds content at `offset`. */
  add(offset: number, data: Buffer): void {
    if (offset !== this.bytes) this.isInOrder = false;
    this.bytes += data.length;
    if (this.isInOrder) this.hash.update(data);
  }

  /** Marks the content as partial. */
  spoil(): void {
    this.isInOrder = false;
  }

  /** Returns the length, and the hash if the content is whole. `isComplete`: the end of the content is the end of the file. */
  end(isComplete: boolean): { bytes: number; sha256?: string; isPartial: boolean } {
    const { bytes } = this;
    return this.isInOrder && isComplete ? { bytes, sha256: this.hash.digest('hex'), isPartial: false } : { bytes, isPartial: true };
  }
}
