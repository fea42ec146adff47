import { PacketType } from './sftp-types.js';

/** Takes the packets of an SFTP stream. */
export interface PacketSink {
  /** Takes a whole packet; `body` begins after the type. */
  packet(type: number, body: Buffer): void;
  /** Takes the part of WRITE or DATA before its content. */
  contentBegins(type: number, head: Buffer, contentBytes: number): void;
  content(data: Buffer): void;
  contentEnds(): void;
  /** Takes bytes of a packet that version 3 does not allow, maybe in pieces. The next packet is parsed as usual. */
  malformed(data: Buffer): void;
  /** Ends the parsing: the stream is not SFTP; nothing is reported after it. */
  broken(): void;
}

/** Longest packet: OpenSSH allows 256 KiB, and a longer one than this is not SFTP. */
const PACKET_LIMIT = 64 * 1024 * 1024;
/** Most bytes to read of a packet without content: its fields stand in front, whatever follows them. */
const BODY_LIMIT = 128 * 1024;
const HANDLE_LIMIT = 1024;

type Part = 'header' | 'body' | 'head' | 'content' | 'skip' | 'malformed' | 'broken';

/** Splits one direction of an SFTP stream (draft-ietf-secsh-filexfer-02 §3) into packets, wherever chunks end. Content is passed on, never collected. */
export class SftpPackets {
  private part: Part = 'header';
  private collected: Buffer[] = [];
  private missing = 5;
  private type = 0;
  /** Bytes of this packet behind the part that is being collected. */
  private left = 0;

  constructor(
    private readonly sink: PacketSink,
    private readonly wants: (type: number) => boolean,
  ) {}

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.part !== 'broken'; ) {
      const piece = chunk.subarray(at, at + this.missing);
      at += piece.length;
      this.missing -= piece.length;
      if (this.part === 'content') this.sink.content(piece);
      else if (this.part === 'malformed') this.sink.malformed(piece);
      else if (this.part !== 'skip') this.collected.push(piece);
      if (this.missing === 0) this.partEnds();
    }
    // A part that continues in the next chunk needs a copy: the chunk's buffer is decrypted into again.
    if (this.collected.length > 0) this.collected = [Buffer.concat(this.collected)];
  }

  private partEnds(): void {
    const bytes = this.collected.length === 1 ? (this.collected[0] ?? Buffer.alloc(0)) : Buffer.concat(this.collected);
    if (this.part === 'header') this.headerEnds(bytes);
    else if (this.part === 'head') this.headGrows(bytes);
    else {
      const { part, left } = this;
      this.left = 0;
      if (part === 'body') this.sink.packet(this.type, bytes);
      if (part === 'content') this.sink.contentEnds();
      if (left > 0) this.begin('malformed', left);
      else this.begin('header', 5);
    }
  }

  private headerEnds(header: Buffer): void {
    const bodyBytes = header.readUInt32BE(0) - 1;
    this.type = header.readUInt8(4);
    if (bodyBytes < 0 || bodyBytes > PACKET_LIMIT) return this.breakOff();
    if (this.type === PacketType.write || this.type === PacketType.data) {
      if (bodyBytes < 8) return this.skipMalformed(header, bodyBytes);
      this.left = bodyBytes - 8;
      this.begin('head', 8);
    } else {
      const isWanted = this.wants(this.type);
      const body = isWanted ? Math.min(bodyBytes, BODY_LIMIT) : bodyBytes;
      this.left = bodyBytes - body;
      this.begin(isWanted ? 'body' : 'skip', body);
      if (body === 0) this.partEnds();
    }
  }

  /** Handles the part before the content. WRITE: id, handle, offset, content length. DATA: id, content length. */
  private headGrows(head: Buffer): void {
    const more = this.type === PacketType.write && head.length === 8 ? head.readUInt32BE(4) + 12 : 0;
    if (more > HANDLE_LIMIT || more > this.left) return this.skipMalformed(head, this.left);
    if (more > 0) {
      this.left -= more;
      this.collected = [head];
      this.missing = more;
      return;
    }
    const contentBytes = head.readUInt32BE(head.length - 4);
    if (contentBytes > this.left) return this.skipMalformed(head, this.left);
    this.sink.contentBegins(this.type, Buffer.from(head), contentBytes);
    this.contentOf(contentBytes);
  }

  private contentOf(contentBytes: number): void {
    // Version 3 has nothing behind the content. Some clients send it (rclone 1.60), and servers ignore it: what is left is skipped with a mark.
    this.left -= contentBytes;
    this.begin('content', contentBytes);
    if (contentBytes === 0) this.partEnds();
  }

  /** Skips the rest of a packet whose fields do not fit its length. The length itself still shows where the next one begins. */
  private skipMalformed(seen: Buffer, rest: number): void {
    this.left = 0;
    this.sink.malformed(seen);
    this.begin(rest === 0 ? 'header' : 'malformed', rest === 0 ? 5 : rest);
  }

  private begin(part: Part, bytes: number): void {
    this.part = part;
    this.missing = bytes;
    this.collected = [];
  }

  private breakOff(): void {
    this.begin('broken', 0);
    this.sink.broken();
  }
}
