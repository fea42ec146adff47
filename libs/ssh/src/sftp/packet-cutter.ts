/**
 * Cuts a byte stream into SFTP packets. A packet is handed on whole, but WRITE and DATA, whose content is only shown as it passes: their
 * head is handed on first, then the content in pieces. Holds at most one packet without content.
 */
import { SshProtocolError } from '../wire/index.js';
import { SftpMessage } from './message.js';

/** As OpenSSH's SFTP_MAX_MSG_LENGTH. */
const MAX_PACKET_BYTES = 256 * 1024;
/** Longest handle the draft allows. */
const MAX_HANDLE_BYTES = 256;

/** Gets what was cut. Buffers are views, valid during the call. */
export interface CutterListener {
  /** A whole packet, length field included. */
  packet(packet: Buffer): void;
  /** The head of a WRITE or DATA, up to its content, whose size is given. */
  head(head: Buffer, contentBytes: number): void;
  /** A piece of the content of the last head; the last piece has `isLast`, which also comes alone when there is no content. */
  content(bytes: Buffer, isLast: boolean): void;
}

/** See the head of this file. Throws SshProtocolError on a packet that cannot be SFTP's. */
export class PacketCutter {
  private place = Buffer.alloc(0);
  private used = 0;
  private contentLeft = 0;
  private partial = 0;

  constructor(private readonly listener: CutterListener) {}

  /** Bytes that arrived of a packet that is not complete; 0 between two packets. */
  get partialBytes(): number {
    return this.partial;
  }

  /** Takes what arrived. */
  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) rest = this.contentLeft > 0 ? this.pushContent(rest) : this.pushPacket(rest);
  }

  private pushContent(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.contentLeft);
    this.contentLeft -= piece.length;
    this.partial = this.contentLeft === 0 ? 0 : this.partial + piece.length;
    this.listener.content(piece, this.contentLeft === 0);
    return bytes.subarray(piece.length);
  }

  /** Takes what one packet, or its head, still needs; answers what is left. */
  private pushPacket(bytes: Buffer): Buffer {
    if (this.used === 0) {
      const wanted = neededBytes(bytes);
      if (wanted <= bytes.length) {
        this.handOn(bytes.subarray(0, wanted));
        return bytes.subarray(wanted);
      }
    }
    const taken = Math.min(bytes.length, neededBytes(this.known()) - this.used);
    this.keep(bytes.subarray(0, taken));
    const known = this.known();
    if (neededBytes(known) > known.length) return bytes.subarray(taken);
    this.place = Buffer.alloc(0);
    this.used = 0;
    this.handOn(known);
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

  private handOn(packet: Buffer): void {
    const contentBytes = contentOf(packet);
    this.contentLeft = contentBytes ?? 0;
    this.partial = this.contentLeft === 0 ? 0 : packet.length;
    if (contentBytes === undefined) return this.listener.packet(packet);
    this.listener.head(packet, contentBytes);
    if (contentBytes === 0) this.listener.content(packet.subarray(packet.length), true);
    return undefined;
  }
}

const hasContent = (type: number): boolean => type === SftpMessage.write || type === SftpMessage.data;

/** Bytes of the packet, or of its head, as far as `known` tells: at least one more than is known when it is not complete. */
const neededBytes = (known: Buffer): number => {
  if (known.length < 5) return 5;
  const total = 4 + known.readUInt32BE(0);
  if (total < 5 || total > 4 + MAX_PACKET_BYTES) throw SshProtocolError.malformed(`SFTP packet of ${total - 4} bytes`);
  const type = known[4]!;
  if (!hasContent(type)) return total;
  const head = headBytes(known, type);
  if (head > total) throw SshProtocolError.malformed('SFTP packet is too short for its kind');
  return head;
};

const headBytes = (known: Buffer, type: number): number => {
  if (type === SftpMessage.data) return 13;
  if (known.length < 13) return 13;
  const handleBytes = known.readUInt32BE(9);
  if (handleBytes > MAX_HANDLE_BYTES) throw SshProtocolError.malformed(`SFTP handle of ${handleBytes} bytes`);
  return 13 + handleBytes + 12;
};

/** Size of the content behind a head; undefined for packets that have none. */
const contentOf = (head: Buffer): number | undefined => {
  if (!hasContent(head[4]!)) return undefined;
  const contentBytes = head.readUInt32BE(head.length - 4);
  if (head.length + contentBytes !== 4 + head.readUInt32BE(0)) throw SshProtocolError.malformed('SFTP content does not fill its packet');
  return contentBytes;
};
