/** Reads the data types of RFC 4251 §5. Nothing is copied: strings and mpints are views into the given buffer. */
import { SshProtocolError } from './ssh-protocol-error.js';
import { decodeNameList } from './name-list.js';

/** Longest mpint that is accepted, in bytes of magnitude (16384 bits, as OpenSSH's SSHBUF_MAX_BIGNUM). */
const MAX_MPINT_BYTES = 2048;

/** Longest name-list that is accepted by default, in bytes. */
const MAX_NAME_LIST_BYTES = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A cursor over one message or blob. Each read checks the remaining length before it touches a byte.
 * Every `read…` throws {@link SshProtocolError} (PROTOCOL_ERROR) if the input is too short, too long or malformed.
 */
export class SshReader {
  private position: number;
  private readonly end: number;

  /** Reads `buffer[offset, offset + length)`; by default the whole buffer. Throws RangeError if the range exceeds the buffer. */
  constructor(
    private readonly buffer: Buffer,
    offset = 0,
    length = buffer.length - offset,
  ) {
    if (offset < 0 || length < 0 || offset + length > buffer.length) throw new RangeError('reader range is outside its buffer');
    this.position = offset;
    this.end = offset + length;
  }

  /** Returns the index of the next byte in the buffer. */
  get offset(): number {
    return this.position;
  }

  /** Returns the number of bytes that were not read yet. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** Reads a `byte`. */
  readByte(): number {
    return this.buffer[this.take(1)]!;
  }

  /** Reads a `boolean`: every non-zero byte is true (RFC 4251 §5). */
  readBoolean(): boolean {
    return this.readByte() !== 0;
  }

  /** Reads a `uint32`. */
  readUint32(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }

  /** Reads a `uint64`. */
  readUint64(): bigint {
    return this.buffer.readBigUInt64BE(this.take(8));
  }

  /** Reads a `byte[n]`: a view of the next `length` bytes. */
  readBytes(length: number): Buffer {
    const start = this.take(length);
    return this.buffer.subarray(start, start + length);
  }

  /** Reads a `string`: a view of its bytes, without the length. Refuses a string above `maxBytes`. */
  readString(maxBytes = Infinity): Buffer {
    const length = this.readUint32();
    if (length > maxBytes) throw SshProtocolError.malformed(`String of ${length} bytes exceeds the limit of ${maxBytes}`);
    return this.readBytes(length);
  }

  /** Reads a `string` in UTF-8 (RFC 3629). Refuses invalid sequences instead of replacing them. */
  readUtf8(maxBytes = Infinity): string {
    const bytes = this.readString(maxBytes);
    try {
      return utf8.decode(bytes);
    } catch {
      throw SshProtocolError.malformed('String is not valid UTF-8');
    }
  }

  /** Reads a `string` of printable US-ASCII: the name of an algorithm, method, request or channel type. */
  readAscii(maxBytes = 1024): string {
    const bytes = this.readString(maxBytes);
    for (const byte of bytes) {
      if (byte < 0x20 || byte > 0x7e) throw SshProtocolError.malformed('Name contains bytes outside printable US-ASCII');
    }
    return bytes.toString('latin1');
  }

  /** Reads a `name-list`: the names in order. An empty string is an empty list. */
  readNameList(maxBytes = MAX_NAME_LIST_BYTES): string[] {
    return decodeNameList(this.readAscii(maxBytes));
  }

  /** Reads a non-negative `mpint`: a view of its big-endian magnitude without leading zeros (zero is empty). Refuses negative values. */
  readMpint(maxBytes = MAX_MPINT_BYTES): Buffer {
    const bytes = this.readString(maxBytes + 1);
    if (bytes.length > 0 && (bytes[0]! & 0x80) !== 0) throw SshProtocolError.malformed('mpint is negative');
    let first = 0;
    while (first < bytes.length && bytes[first] === 0) first += 1;
    if (bytes.length - first > maxBytes) throw SshProtocolError.malformed(`mpint exceeds the limit of ${maxBytes} bytes`);
    return bytes.subarray(first);
  }

  /** Reads all remaining bytes, as a view. */
  readRest(): Buffer {
    return this.readBytes(this.remaining);
  }

  /** Throws SshProtocolError unless everything was read: trailing bytes are an error in messages with a fixed layout. */
  expectEnd(): void {
    if (this.remaining > 0) throw SshProtocolError.malformed(`${this.remaining} unexpected bytes after the end of the message`);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.end - start)
      throw SshProtocolError.malformed(`Message ends early: ${length} bytes expected, ${this.end - start} left`);
    this.position = start + length;
    return start;
  }
}
