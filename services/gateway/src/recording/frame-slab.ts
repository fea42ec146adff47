import { RUN_BYTES } from './frame-run.js';

/** Size of the first slab, for keystrokes. */
const SMALL_BYTES = 4 * 1024;

/**
 * Memory for the frames of one session, one behind the other: consecutive frames are a message without being copied. A session that sends much
 * gets larger slabs.
 */
export class FrameSlab {
  private slab: Buffer = Buffer.alloc(0);
  private used = 0;
  private nextBytes = SMALL_BYTES;

  /** Returns the next `bytes` bytes, uninitialized. */
  take(bytes: number): Buffer {
    if (this.used + bytes > this.slab.length) this.grow(bytes);
    const start = this.used;
    this.used += bytes;
    return this.slab.subarray(start, this.used);
  }

  /** Forgets the slab, because the session rests. Frames that are in use keep theirs. */
  rest(): void {
    this.slab = Buffer.alloc(0);
    this.used = 0;
    this.nextBytes = SMALL_BYTES;
  }

  private grow(bytes: number): void {
    // Not from Node's pool: a frame that waits must not keep memory of others.
    const size = Math.max(bytes, this.nextBytes);
    this.slab = Buffer.allocUnsafeSlow(size);
    this.used = 0;
    this.nextBytes = Math.min(size * 4, RUN_BYTES);
  }
}
