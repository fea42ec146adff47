/**
 * The slabs of one connection: the one being filled, and those that the socket has not taken yet. Each returns to the pool as soon as
 * possible.
 */
import { BufferPool } from './buffer-pool.js';

/** Shared by all connections. A connection has a slab only while it has bytes to send, so idle connections have none. */
const slabs = new BufferPool(256 * 1024, 16);

interface FullSlab {
  readonly slab: Buffer;
  /** The position of the last byte of this slab, counted in bytes since the start of the connection. */
  readonly end: number;
}

/** See the head of this file. Bytes are reserved and sent in the same order. */
export class OutboundSlabs {
  private slab: Buffer | undefined;
  private used = 0;
  private reserved = 0;
  private readonly full: FullSlab[] = [];

  /** Returns a slab with room for this many bytes at `start`. The bytes count only after `commit`. */
  reserve(bytes: number): Buffer {
    if (this.slab === undefined || this.used + bytes > this.slab.length) this.next(bytes);
    return this.slab!;
  }

  /** Returns the offset of the reserved bytes. */
  get start(): number {
    return this.used;
  }

  /** Marks that many of the reserved bytes as used. */
  commit(bytes: number): void {
    this.used += bytes;
    this.reserved += bytes;
  }

  /** Frees the slabs of all bytes but the last `waiting` ones, which the socket has not taken yet. */
  taken(waiting: number): void {
    const end = this.reserved - waiting;
    while (this.full.length > 0 && this.full[0]!.end <= end) slabs.release(this.full.shift()!.slab);
    if (waiting === 0 && this.slab !== undefined) {
      slabs.release(this.slab);
      this.slab = undefined;
    }
  }

  /** Forgets all slabs. Those that the socket still uses are left to the garbage collector. */
  clear(): void {
    this.full.length = 0;
    this.slab = undefined;
  }

  private next(bytes: number): void {
    if (this.slab !== undefined) this.full.push({ slab: this.slab, end: this.reserved });
    this.slab = bytes > slabs.bytes ? Buffer.allocUnsafeSlow(bytes) : slabs.take();
    this.used = 0;
  }
}
