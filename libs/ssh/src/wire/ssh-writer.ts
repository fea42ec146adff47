/** Writes the data types of RFC 4251 §5, into a buffer that grows or into a place the caller owns. */

/**
 * Appends fields to a buffer. `new SshWriter(capacity)` owns a buffer that grows; `SshWriter.into(slab, offset)` writes in
 * place and throws RangeError rather than outgrow the slab (it never writes outside it).
 */
export class SshWriter {
  private buffer: Buffer;
  private position: number;
  private readonly start: number;
  private readonly growable: boolean;

  /** @param capacity first size in bytes of the owned buffer; @param place writes there instead, see {@link SshWriter.into}. */
  constructor(capacity = 256, place?: { buffer: Buffer; offset: number }) {
    this.buffer = place?.buffer ?? Buffer.allocUnsafe(capacity);
    this.start = place?.offset ?? 0;
    this.position = this.start;
    this.growable = place === undefined;
  }

  /** A writer over `buffer` from `offset` on, for building a payload where it will be sealed. */
  static into(buffer: Buffer, offset: number): SshWriter {
    return new SshWriter(0, { buffer, offset });
  }

  /** Bytes written so far. */
  get length(): number {
    return this.position - this.start;
  }

  /** `byte`. */
  writeByte(value: number): this {
    const at = this.reserve(1);
    this.buffer[at] = value;
    return this;
  }

  /** `boolean`, as 0 or 1. */
  writeBoolean(value: boolean): this {
    return this.writeByte(value ? 1 : 0);
  }

  /** `uint32`. */
  writeUint32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32BE(value, at);
    return this;
  }

  /** `uint64`. */
  writeUint64(value: bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigUInt64BE(value, at);
    return this;
  }

  /** `byte[n]`: the bytes as they are. */
  writeBytes(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** `string`: length and bytes; text goes as UTF-8. */
  writeString(value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.writeUint32(bytes.length).writeBytes(bytes);
  }

  /** `name-list`. */
  writeNameList(names: readonly string[]): this {
    return this.writeString(names.join(','));
  }

  /** `mpint` from an unsigned big-endian magnitude; leading zeros are dropped and a sign byte added where needed. */
  writeMpint(magnitude: Uint8Array): this {
    let first = 0;
    while (first < magnitude.length && magnitude[first] === 0) first += 1;
    const bytes = magnitude.subarray(first);
    const needsSign = bytes.length > 0 && (bytes[0]! & 0x80) !== 0;
    this.writeUint32(bytes.length + (needsSign ? 1 : 0));
    if (needsSign) this.writeByte(0);
    return this.writeBytes(bytes);
  }

  /** What was written, as a view (no copy). Writing on may move an owned buffer, so finish last. */
  finish(): Buffer {
    return this.buffer.subarray(this.start, this.position);
  }

  private reserve(length: number): number {
    const at = this.position;
    const needed = at + length;
    if (needed > this.buffer.length) this.grow(needed);
    this.position = needed;
    return at;
  }

  private grow(needed: number): void {
    if (!this.growable) throw new RangeError(`payload of more than ${this.buffer.length - this.start} bytes does not fit its place`);
    const bigger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(bigger, 0, 0, this.position);
    this.buffer = bigger;
  }
}
