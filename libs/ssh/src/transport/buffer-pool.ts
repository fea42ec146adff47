/** Buffers of one size that are used again: Node's collector is driven by the bytes behind buffers, and new ones for every packet keep it busy. */
export class BufferPool {
  private readonly spare: Buffer[] = [];

  /**
   * @param bytes size of each buffer.
   * @param maxSpare how many are kept while nobody uses them.
   */
  constructor(
    readonly bytes: number,
    private readonly maxSpare: number,
  ) {}

  /** A buffer nobody else uses, with anything in it. */
  take(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
  }

  /** Gives one back; the next owner writes over it. One of another size was never of the pool and is left alone. */
  give(buffer: Buffer): void {
    if (buffer.length === this.bytes && this.spare.length < this.maxSpare) this.spare.push(buffer);
  }
}
