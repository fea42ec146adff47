/** Reads the data types of RFC 4251 §5. Nothing is copied: strings and mpints are views into the given buffer. */
import { SshProtocolError } from './ssh-protocol-error.js';
import { decodeNameList } from './name-list.js';

/** Longest mpint accepted, in bytes of magnitude (16384 bits, as OpenSSH's SSHBUF_MAX_BIGNUM). */
const MAX_MPINT_BYTES = 2048;

/** Longest name-list accepted unless the caller says otherwise, in bytes. */
const MAX_NAME_LIST_BYTES = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A cursor over one message or blob. Each read checks what is left before it touches a byte and throws
 * {@link SshProtocolError} (PROTOCOL_ERROR) when the input is too short, too long or malformed.
 */
export class SshReader {
  private position: number;
  private readonly end: number;

  /** Reads `buffer[offset, offset + length)`; the whole buffer by default. */
  constructor(
    private readonly buffer: Buffer,
    offset = 0,
    length = buffer.length - offset,
  ) {
    if (offset < 0 || length < 0 || offset + length > buffer.length) throw new RangeError('reader range is outside its buffer');
    this.position = offset;
    this.end = offset + length;
  }

  /** Index in the buffer of the next byte. */
  get offset(): number {
    return this.position;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** `byte`. */
  readByte(): number {
    return this.buffer[this.take(1)]!;
  }

  /** `boolean`: every non-zero byte is true, as RFC 4251 §5 demands of readers. */
  readBoolean(): boolean {
    return this.readByte() !== 0;
  }

  /** `uint32`. */
  readUint32(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }

  /** `uint64`. */
  readUint64(): bigint {
    return this.buffer.readBigUInt64BE(this.take(8));
  }

  /** `byte[n]`: a view of the next `length` bytes. */
  readBytes(length: number): Buffer {
    const start = this.take(length);
    return this.buffer.subarray(start, start + length);
  }

  /** `string`: a view of its bytes, without the length. A string above `maxBytes` is refused. */
  readString(maxBytes = Infinity): Buffer {
    const length = this.readUint32();
    if (length > maxBytes) throw SshProtocolError.malformed(`String of ${length} bytes exceeds the limit of ${maxBytes}`);
    return this.readBytes(length);
  }

  /** `string` that must be UTF-8 (RFC 3629); invalid sequences are refused, not replaced. */
  readUtf8(maxBytes = Infinity): string {
    const bytes = this.readString(maxBytes);
    try {
      return utf8.decode(bytes);
    } catch {
      throw SshProtocolError.malformed('String is not valid UTF-8');
    }
  }

  /** `string` that must be printable US-ASCII, as algorithm, method, request and channel type names are. */
  readAscii(maxBytes = 1024): string {
    const bytes = this.readString(maxBytes);
    for (const byte of bytes) {
      if (byte < 0x20 || byte > 0x7e) throw SshProtocolError.malformed('Name holds bytes outside printable US-ASCII');
    }
    return bytes.toString('latin1');
  }

  /** `name-list`: the names in order; an empty string is an empty list. */
  readNameList(maxBytes = MAX_NAME_LIST_BYTES): string[] {
    return decodeNameList(this.readAscii(maxBytes));
  }

  /** Non-negative `mpint`: a view of its magnitude, big-endian, without leading zeros (zero is empty). Negative ones are refused. */
  readMpint(maxBytes = MAX_MPINT_BYTES): Buffer {
    const bytes = this.readString(maxBytes + 1);
    if (bytes.length > 0 && (bytes[0]! & 0x80) !== 0) throw SshProtocolError.malformed('mpint is negative');
    let first = 0;
    while (first < bytes.length && bytes[first] === 0) first += 1;
    if (bytes.length - first > maxBytes) throw SshProtocolError.malformed(`mpint exceeds the limit of ${maxBytes} bytes`);
    return bytes.subarray(first);
  }

  /** A view of everything not read yet; the reader is then at its end. */
  readRest(): Buffer {
    return this.readBytes(this.remaining);
  }

  /** Throws unless everything was read: trailing bytes are an error in messages whose layout is fixed. */
  expectEnd(): void {
    if (this.remaining > 0) throw SshProtocolError.malformed(`${this.remaining} unexpected bytes after the end of the message`);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw SshProtocolError.malformed(`Message ends early: ${length} bytes wanted, ${this.end - start} left`);
    this.position = start + length;
    return start;
  }
}
