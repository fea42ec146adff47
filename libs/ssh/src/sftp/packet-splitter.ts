/**
 * Splits a byte stream into SFTP packets. Delivers whole packets, except WRITE and DATA: first everything before their content, then the
 * content in parts as it arrives. Holds at most one packet without content.
 */
import { SshProtocolError } from '../wire/index.js';
import { SftpMessage } from './message.js';

/** OpenSSH's SFTP_MAX_MSG_LENGTH. */
const MAX_PACKET_BYTES = 256 * 1024;
/** Longest handle that the draft allows. */
const MAX_HANDLE_BYTES = 256;

/** Handles the packets. Buffers are views, valid during the call. */
export interface SplitterListener {
  /** Handles a whole packet, length field included. */
  packet(packet: Buffer): void;
  /** Handles the start of a WRITE or DATA, up to its content, whose size follows. */
  head(head: Buffer, contentBytes: number): void;
  /** Handles a part of the content of the last `head`. The last part has `isLast`; for empty content it is the only part. */
  content(bytes: Buffer, isLast: boolean): void;
  /** Handles bytes between the content and the end of its packet. The draft has none, but some clients send them (rclone 1.60) and servers ignore them. */
  trailing(bytes: Buffer): void;
}

/** See the head of this file. Throws SshProtocolError for a packet that is not a valid SFTP packet. */
export class PacketSplitter {
  private place = Buffer.alloc(0);
  private used = 0;
  private contentLeft = 0;
  private trailingLeft = 0;
  private partial = 0;

  constructor(private readonly listener: SplitterListener) {}

  /** Returns the number of bytes that arrived of an incomplete packet; 0 between two packets. */
  get partialBytes(): number {
    return this.partial;
  }

  /** Takes bytes as they arrive. */
  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.contentLeft > 0) rest = this.pushContent(rest);
      else rest = this.trailingLeft > 0 ? this.pushTrailing(rest) : this.pushPacket(rest);
    }
  }

  private pushContent(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.contentLeft);
    this.contentLeft -= piece.length;
    this.partial = this.contentLeft + this.trailingLeft === 0 ? 0 : this.partial + piece.length;
    this.listener.content(piece, this.contentLeft === 0);
    return bytes.subarray(piece.length);
  }

  private pushTrailing(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.trailingLeft);
    this.trailingLeft -= piece.length;
    this.partial = this.trailingLeft === 0 ? 0 : this.partial + piece.length;
    this.listener.trailing(piece);
    return bytes.subarray(piece.length);
  }

  /** Takes the bytes that the current packet, or its start, still needs. Returns the rest. */
  private pushPacket(bytes: Buffer): Buffer {
    if (this.used === 0) {
      const wanted = neededBytes(bytes);
      if (wanted <= bytes.length) {
        this.deliver(bytes.subarray(0, wanted));
        return bytes.subarray(wanted);
      }
    }
    const taken = Math.min(bytes.length, neededBytes(this.known()) - this.used);
    this.keep(bytes.subarray(0, taken));
    const known = this.known();
    if (neededBytes(known) > known.length) return bytes.subarray(taken);
    this.place = Buffer.alloc(0);
    this.used = 0;
    this.deliver(known);
    return bytes.subarray(taken);
  }

  private known(): Buffer {
    return this.place.subarray(0, this.used);
  }

  private keep(bytes: Buffer): void {
    const needed = this.used + bytes.length;
    if (needed > this.place.length) {
      const bigger = Buffer.allocUnsafe(Math.max(needed, 2 * this.place.length, 64));
      this.place.copy(bigger, 0, 0, this.used);
      this.place = bigger;
    }
    bytes.copy(this.place, this.used);
    this.used = needed;
    this.partial = needed;
  }

  private deliver(packet: Buffer): void {
    if (!hasContent(packet[4]!)) {
      this.partial = 0;
      return this.listener.packet(packet);
    }
    const { contentBytes, trailingBytes } = partsBehind(packet);
    this.contentLeft = contentBytes;
    this.trailingLeft = trailingBytes;
    this.partial = contentBytes + trailingBytes === 0 ? 0 : packet.length;
    this.listener.head(packet, contentBytes);
    if (contentBytes === 0) this.listener.content(packet.subarray(packet.length), true);
    return undefined;
  }
}

const hasContent = (type: number): boolean => type === SftpMessage.write || type === SftpMessage.data;

/** Returns the number of bytes of the packet, or of its start, as far as `known` determines it; more than `known` if that is incomplete. */
const neededBytes = (known: Buffer): number => {
  if (known.length < 5) return 5;
  const total = 4 + known.readUInt32BE(0);
  if (total < 5 || total > 4 + MAX_PACKET_BYTES) throw SshProtocolError.malformed(`SFTP packet of ${total - 4} bytes`);
  const type = known[4]!;
  if (!hasContent(type)) return total;
  const head = headBytes(known, type);
  if (head > total) throw SshProtocolError.malformed('SFTP packet is too short for its type');
  return head;
};

const headBytes = (known: Buffer, type: number): number => {
  if (type === SftpMessage.data) return 13;
  if (known.length < 13) return 13;
  const handleBytes = known.readUInt32BE(9);
  if (handleBytes > MAX_HANDLE_BYTES) throw SshProtocolError.malformed(`SFTP handle of ${handleBytes} bytes`);
  return 13 + handleBytes + 12;
};

/** Returns the sizes of the parts of a packet behind its head. */
const partsBehind = (head: Buffer): { contentBytes: number; trailingBytes: number } => {
  const contentBytes = head.readUInt32BE(head.length - 4);
  const trailingBytes = 4 + head.readUInt32BE(0) - head.length - contentBytes;
  if (trailingBytes < 0) throw SshProtocolError.malformed('The SFTP content is longer than its packet');
  return { contentBytes, trailingBytes };
};
