/** Writes the data types of RFC 4251 §5, into a buffer that grows or into a slab of the caller. */

/**
 * Appends fields to a buffer. `new SshWriter(capacity)` owns a buffer that grows; `SshWriter.into(slab, offset)` writes in place.
 * In place, every `write…` throws RangeError if the slab is too small, and never writes outside it.
 */
export class SshWriter {
  private buffer: Buffer;
  private position: number;
  private readonly start: number;
  private readonly growable: boolean;

  /**
   * @param capacity first size of the owned buffer, in bytes.
   * @param place position to write at instead, see {@link SshWriter.into}.
   */
  constructor(capacity = 256, place?: { buffer: Buffer; offset: number }) {
    this.buffer = place?.buffer ?? Buffer.allocUnsafe(capacity);
    this.start = place?.offset ?? 0;
    this.position = this.start;
    this.growable = place === undefined;
  }

  /** Returns a writer into `buffer` from `offset` on, which builds a payload where it is encrypted later. */
  static into(buffer: Buffer, offset: number): SshWriter {
    return new SshWriter(0, { buffer, offset });
  }

  /** Returns the number of bytes written so far. */
  get length(): number {
    return this.position - this.start;
  }

  /** Writes a `byte`. */
  writeByte(value: number): this {
    const at = this.reserve(1);
    this.buffer[at] = value;
    return this;
  }

  /** Writes a `boolean` as 0 or 1. */
  writeBoolean(value: boolean): this {
    return this.writeByte(value ? 1 : 0);
  }

  /** Writes a `uint32`. */
  writeUint32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32BE(value, at);
    return this;
  }

  /** Writes a `uint64`. */
  writeUint64(value: bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigUInt64BE(value, at);
    return this;
  }

  /** Writes a `byte[n]`: the bytes without a length. */
  writeBytes(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** Writes a `string`: length and bytes. Encodes text as UTF-8. */
  writeString(value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.writeUint32(bytes.length).writeBytes(bytes);
  }

  /** Writes a `name-list`. */
  writeNameList(names: readonly string[]): this {
    return this.writeString(names.join(','));
  }

  /** Writes an `mpint` from an unsigned big-endian magnitude. Drops leading zeros and adds a sign byte if needed. */
  writeMpint(magnitude: Uint8Array): this {
    let first = 0;
    while (first < magnitude.length && magnitude[first] === 0) first += 1;
    const bytes = magnitude.subarray(first);
    const needsSign = bytes.length > 0 && (bytes[0]! & 0x80) !== 0;
    this.writeUint32(bytes.length + (needsSign ? 1 : 0));
    if (needsSign) this.writeByte(0);
    return this.writeBytes(bytes);
  }

  /** Returns the written bytes as a view, without a copy. Call it last: further writes may move an owned buffer. */
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
    if (!this.growable) throw new RangeError(`a payload of more than ${this.buffer.length - this.start} bytes does not fit into the slab`);
    const bigger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(bigger, 0, 0, this.position);
    this.buffer = bigger;
  }
}
