/** Writes the data types of RFC 4251 §5 as a list of pieces, joined once at the end. */
export class SshWriter {
  private readonly pieces: Buffer[] = [];

  byte(value: number): this {
    this.pieces.push(Buffer.of(value));
    return this;
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  uint32(value: number): this {
    const piece = Buffer.allocUnsafe(4);
    piece.writeUInt32BE(value);
    this.pieces.push(piece);
    return this;
  }

  bytes(value: Buffer): this {
    this.pieces.push(value);
    return this;
  }

  string(value: Buffer | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.uint32(bytes.length).bytes(bytes);
  }

  finish(): Buffer {
    return Buffer.concat(this.pieces);
  }
}
