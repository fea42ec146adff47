/**
 * Buffers of one size for reuse. Node collects garbage by the bytes behind buffers: a new buffer for every packet keeps the collector busy.
 */
export class BufferPool {
  private readonly spare: Buffer[] = [];

  /**
   * @param bytes size of each buffer.
   * @param maxSpare number of unused buffers that are kept.
   */
  constructor(
    readonly bytes: number,
    private readonly maxSpare: number,
  ) {}

  /** Returns a buffer for exclusive use. Its content is undefined. */
  take(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
  }

  /** Returns a buffer to the pool; its next owner overwrites it. Ignores a buffer of another size, which is not from the pool. */
  release(buffer: Buffer): void {
    if (buffer.length === this.bytes && this.spare.length < this.maxSpare) this.spare.push(buffer);
  }
}
