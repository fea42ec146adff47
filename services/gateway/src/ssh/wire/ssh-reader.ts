import { ProtocolViolation } from './protocol-violation.js';

/** Reads the data types of RFC 4251 §5. Strings are views into the message. Every read checks what is left. */
export class SshReader {
  private position: number;

  constructor(
    private readonly buffer: Buffer,
    offset = 0,
  ) {
    this.position = offset;
  }

  get offset(): number {
    return this.position;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  readByte(): number {
    return this.buffer.readUInt8(this.take(1));
  }

  readBoolean(): boolean {
    return this.readByte() !== 0;
  }

  readUint32(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }

  readString(): Buffer {
    const length = this.readUint32();
    const start = this.take(length);
    return this.buffer.subarray(start, start + length);
  }

  readText(): string {
    return this.readString().toString('utf8');
  }

  readNames(): string[] {
    const text = this.readString().toString('latin1');
    return text === '' ? [] : text.split(',');
  }

  readRest(): Buffer {
    return this.buffer.subarray(this.take(this.remaining));
  }

  private take(length: number): number {
    if (length > this.remaining) throw new ProtocolViolation('Message ends early');
    const start = this.position;
    this.position += length;
    return start;
  }
}
