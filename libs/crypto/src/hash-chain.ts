import { createHash, hash } from 'node:crypto';

/** Bytes of a link. */
export const LINK_BYTES = 32;
/** Items up to this size are copied behind the link and hashed in one call, which costs half of two updates. */
const COPIED_BYTES = 8 * 1024;

/** Shared by all chains: an item is hashed in one call. */
const scratch = Buffer.allocUnsafeSlow(LINK_BYTES + COPIED_BYTES);

/**
 * A hash chain: link n is SHA-256 of link n−1 and item n, put end to end. The last link proves every item before it, their order and their
 * number, whatever objects they are stored in.
 */
export class HashChain {
  /** `head` is the link to go on from, 32 bytes. */
  constructor(private last: Buffer) {}

  /** Returns a chain without items: its first link is SHA-256 of `seed`. */
  static from(seed: Uint8Array): HashChain {
    return new HashChain(hash('sha256', seed, 'buffer'));
  }

  /** Returns the last link. */
  get head(): Buffer {
    return this.last;
  }

  /** Adds an item and returns its link. */
  add(item: Uint8Array): Buffer {
    this.last = item.length <= COPIED_BYTES ? this.copied(item) : createHash('sha256').update(this.last).update(item).digest();
    return this.last;
  }

  private copied(item: Uint8Array): Buffer {
    scratch.set(this.last);
    scratch.set(item, LINK_BYTES);
    return hash('sha256', scratch.subarray(0, LINK_BYTES + item.length), 'buffer');
  }
}
