/** Splits the input into packets and decrypts each in place (RFC 4253 §6). */
import { PAYLOAD_OFFSET, type PacketOpener } from '../crypto/index.js';
import { BufferPool } from './buffer-pool.js';

/** A decrypted packet and its position in a buffer. Valid only during the call that passes it on. */
export interface InboundPacket {
  buffer: Buffer;
  offset: number;
  packetLength: number;
  sequence: number;
}

/** Buffers for packets that span chunks, shared by all connections. Each fits the largest packet that OpenSSH sends. */
const parts = new BufferPool(36 * 1024, 16);

/** Returns a buffer for one packet. A small one is allocated: a pooled buffer would be wasted on a peer that never finishes its packet. */
const takePart = (bytes: number): Buffer => (bytes > parts.bytes || bytes < parts.bytes / 2 ? Buffer.allocUnsafe(bytes) : parts.take());

/** No cipher needs more bytes than this to determine the length of a packet. */
const MAX_HEADER_BYTES = 64;

/**
 * Decrypts packets that lie whole in a chunk in place, and assembles a packet that spans chunks in a buffer of its own.
 * Holds at most one chunk and one packet. `hold` stops it between two packets, which keeps the order while a decision is awaited.
 */
export class PacketReader {
  /** The packet being passed on. */
  readonly packet: InboundPacket = { buffer: Buffer.alloc(0), offset: 0, packetLength: 0, sequence: 0 };
  /** Counters since the last NEWKEYS. */
  bytes = 0;
  packets = 0;
  private sequence = 0;
  private chunks: Buffer[] = [];
  private position = 0;
  private part: Buffer | undefined;
  private partLength = 0;
  private partLengthWanted = 0;
  private isPartSized = false;
  private holds = 0;
  private isRunning = false;

  /**
   * @param opener decrypts the first packets.
   * @param onPacket gets each payload: a view that is valid during the call. An error that it throws ends the reading.
   */
  constructor(
    private opener: PacketOpener,
    private readonly onPacket: (payload: Buffer) => void,
  ) {}

  /** Returns the current packet layout, for the relay's fast path. */
  get framing(): PacketOpener {
    return this.opener;
  }

  /** Returns the sequence number of the next packet. */
  get nextSequence(): number {
    return this.sequence;
  }

  /** Returns true while a `hold` is in force. */
  get isHeld(): boolean {
    return this.holds > 0;
  }

  /** Uses new keys from the next packet on. */
  useOpener(opener: PacketOpener, resetsSequence: boolean): void {
    this.opener.dispose();
    this.opener = opener;
    this.bytes = 0;
    this.packets = 0;
    if (resetsSequence) this.sequence = 0;
  }

  /** Takes a chunk and passes on every complete packet. Modifies the chunk. */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.run();
  }

  /** Copies the part of the last chunk that waits for the end of a hold, because the memory of the chunk is used again. */
  keepRest(): void {
    const last = this.chunks.length - 1;
    if (last < 0) return;
    if (last === 0) {
      this.chunks[0] = Buffer.from(this.chunks[0]!.subarray(this.position));
      this.position = 0;
    } else {
      this.chunks[last] = Buffer.from(this.chunks[last]!);
    }
  }

  /** Stops passing on packets until `release` was called as often as `hold`. */
  hold(): void {
    this.holds += 1;
  }

  /** Ends one `hold`. Call `run` afterwards to pass on the waiting packets. */
  release(): void {
    this.holds -= 1;
  }

  /** Passes on the complete packets. Does nothing if called from the handler of a packet. */
  run(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (this.chunks.length > 0 && this.holds === 0) this.step(this.chunks[0]!);
    } finally {
      this.isRunning = false;
    }
  }

  /** Drops the input and wipes the keys. */
  dispose(): void {
    this.chunks = [];
    this.part = undefined;
    this.holds = Infinity;
    this.opener.dispose();
  }

  private step(chunk: Buffer): void {
    const left = chunk.length - this.position;
    if (left === 0) this.nextChunk();
    else if (this.part !== undefined) this.fill(this.part, chunk, left);
    else if (left < this.opener.headerLength) this.startPart(this.opener.headerLength);
    else this.takeWhole(chunk, left);
  }

  private nextChunk(): void {
    this.chunks.shift();
    this.position = 0;
  }

  private takeWhole(chunk: Buffer, left: number): void {
    const packetLength = this.opener.readLength(chunk, this.position, this.sequence);
    const total = 4 + packetLength + this.opener.tagLength;
    if (left < total) {
      this.startPart(total);
      this.isPartSized = true;
      return;
    }
    const offset = this.position;
    this.position += total;
    this.open(chunk, offset, packetLength);
  }

  private startPart(wanted: number): void {
    this.part = takePart(Math.max(wanted, MAX_HEADER_BYTES));
    this.partLength = 0;
    this.partLengthWanted = wanted;
    this.isPartSized = false;
  }

  private fill(part: Buffer, chunk: Buffer, left: number): void {
    const taken = Math.min(left, this.partLengthWanted - this.partLength);
    chunk.copy(part, this.partLength, this.position, this.position + taken);
    this.position += taken;
    this.partLength += taken;
    if (this.partLength < this.partLengthWanted) return;
    if (this.isPartSized) this.openPart(part);
    else this.sizePart(part);
  }

  private sizePart(part: Buffer): void {
    const total = 4 + this.opener.readLength(part, 0, this.sequence) + this.opener.tagLength;
    this.isPartSized = true;
    this.partLengthWanted = total;
    if (total <= part.length) return;
    this.part = takePart(total);
    part.copy(this.part, 0, 0, this.partLength);
  }

  private openPart(part: Buffer): void {
    const packetLength = this.partLengthWanted - 4 - this.opener.tagLength;
    this.part = undefined;
    this.open(part, 0, packetLength);
    parts.release(part);
  }

  private open(buffer: Buffer, offset: number, packetLength: number): void {
    const payloadLength = this.opener.open(buffer, offset, packetLength, this.sequence);
    const { packet } = this;
    packet.buffer = buffer;
    packet.offset = offset;
    packet.packetLength = packetLength;
    packet.sequence = this.sequence;
    this.sequence = (this.sequence + 1) >>> 0;
    this.packets += 1;
    this.bytes += packetLength;
    const start = offset + PAYLOAD_OFFSET;
    this.onPacket(buffer.subarray(start, start + payloadLength));
  }
}
