/** Packet types (draft-ietf-secsh-filexfer-02 §3). */
export const PacketType = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  stat: 17,
  rename: 18,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  attrs: 105,
  extended: 200,
} as const;

/** pflags of OPEN, §6.3. */
export const OpenFlag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;
/** STATUS codes, §7. */
export const StatusCode = { ok: 0, endOfFile: 1, connectionLost: 7 } as const;
const STATUS_TEXT = [
  'ok',
  'end of file',
  'no such file',
  'permission denied',
  'failure',
  'bad message',
  'no connection',
  'connection lost',
  'operation unsupported',
];
export const statusText = (code: number): string => STATUS_TEXT[code] ?? `status ${code}`;
/** ATTRS flag for a size that is present, §5. */
export const ATTR_SIZE = 1;

/** Reads fields in order. Reading beyond the end returns empty values and sets `isShort`. */
export class FieldReader {
  isShort = false;
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    if (!this.has(4)) return 0;
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  /** Reads a number that is exact up to 2^53; files are not larger. */
  uint64(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return Number(this.bytes.readBigUInt64BE(this.at - 8));
  }

  string(): Buffer {
    const length = this.uint32();
    if (!this.has(length)) return Buffer.alloc(0);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private has(bytes: number): boolean {
    if (this.isShort || this.at + bytes > this.bytes.length) this.isShort = true;
    return !this.isShort;
  }
}
