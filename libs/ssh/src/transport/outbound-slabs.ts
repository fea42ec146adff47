/** The slabs of one connection: the one being filled, and those whose bytes the socket has not taken yet. Each goes back to the pool as soon as it may. */
import { BufferPool } from './buffer-pool.js';

/** Shared by all connections. One holds a slab only while it has bytes to send, so idle connections cost none. */
const slabs = new BufferPool(256 * 1024, 16);

interface FullSlab {
  readonly slab: Buffer;
  /** Bytes of the connection, counted from its start, up to the last one in this slab. */
  readonly end: number;
}

/** See the head of this file. Bytes are reserved and taken in one order. */
export class OutboundSlabs {
  private slab: Buffer | undefined;
  private used = 0;
  private reserved = 0;
  private readonly full: FullSlab[] = [];

  /** A slab with room for this many bytes at `start`. They count when `commit` says how many were needed. */
  reserve(bytes: number): Buffer {
    if (this.slab === undefined || this.used + bytes > this.slab.length) this.next(bytes);
    return this.slab!;
  }

  /** Where the reserved bytes start. */
  get start(): number {
    return this.used;
  }

  /** That many of the reserved bytes are used. */
  commit(bytes: number): void {
    this.used += bytes;
    this.reserved += bytes;
  }

  /** The socket has taken all but the last `waiting` bytes. */
  taken(waiting: number): void {
    const end = this.reserved - waiting;
    while (this.full.length > 0 && this.full[0]!.end <= end) slabs.give(this.full.shift()!.slab);
    if (waiting === 0 && this.slab !== undefined) {
      slabs.give(this.slab);
      this.slab = undefined;
    }
  }

  /** Forgets everything; what the socket still holds is left to the garbage collector. */
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
