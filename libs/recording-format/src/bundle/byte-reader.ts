/** Reads exact amounts from a stream of pieces. */
export class ByteReader {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  /** Bytes read so far. */
  offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.pieces = source[Symbol.asyncIterator]();
  }

  /** Reads up to `count` bytes in pieces as they come; fewer only at the end of the source. */
  async *pass(count: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0; ) {
      if (this.rest.length === 0 && !(await this.fill())) return;
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      this.offset += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  /** Reads exactly `count` bytes in one piece; fewer only at the end of the source. */
  async take(count: number): Promise<Uint8Array> {
    const whole = new Uint8Array(count);
    let at = 0;
    for await (const piece of this.pass(count)) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole.subarray(0, at);
  }

  /** Returns true if nothing is left. */
  async atEnd(): Promise<boolean> {
    return this.rest.length === 0 && !(await this.fill());
  }

  private async fill(): Promise<boolean> {
    for (;;) {
      const next = await this.pieces.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.rest = next.value;
      return true;
    }
  }
}
