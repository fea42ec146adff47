import { FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES, type FrameHeader, FrameKind } from '@sallyport/recording-format';

/** The head of a frame without its number. `timeUs` is the time of the first byte. */
type BlockHead = Omit<FrameHeader, 'seq'>;

/** Payloads from this size on come from a program that writes much: they are joined. */
const JOINED_BYTES = 2 * 1024;
const FIRST_BYTES = 32 * 1024;
const MOST_BYTES = 256 * 1024;

/**
 * The bytes of one stream of one channel that wait for more before they become a frame. They lie in memory as the payload of a frame, with
 * room for its head and checksum.
 */
export class StreamBlock {
  private memory: Buffer = Buffer.alloc(0);
  private used = 0;
  private nextBytes = FIRST_BYTES;
  head: BlockHead = { channel: 0, kind: FrameKind.output, timeUs: 0 };

  /** Returns the bytes of payload that the block has. */
  get bytes(): number {
    return this.used;
  }

  /** Returns true if a payload of this length is worth a block. */
  begins(bytes: number): boolean {
    return bytes >= JOINED_BYTES;
  }

  /** Returns true if the open block goes on with this stream. */
  continues(channel: number, kind: FrameKind): boolean {
    return this.used > 0 && kind === this.head.kind && channel === this.head.channel;
  }

  begin(head: BlockHead): void {
    this.head = head;
    if (this.memory.length === 0) this.memory = Buffer.allocUnsafeSlow(this.nextBytes + FRAME_OVERHEAD_BYTES);
    this.nextBytes = Math.min(this.nextBytes * 4, MOST_BYTES);
  }

  /** Copies as much of a payload as there is room for. Returns its length. */
  take(payload: Uint8Array): number {
    const piece = payload.subarray(0, this.memory.length - FRAME_OVERHEAD_BYTES - this.used);
    this.memory.set(piece, FRAME_HEADER_BYTES + this.used);
    this.used += piece.length;
    return piece.length;
  }

  get isFull(): boolean {
    return this.used + FRAME_OVERHEAD_BYTES === this.memory.length;
  }

  /** Returns the payload. */
  get payload(): Buffer {
    return this.memory.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + this.used);
  }

  /** Returns the memory of the whole frame, with the payload in its place, which the caller may keep. */
  giveFrame(): Buffer {
    const frame = this.memory.subarray(0, FRAME_OVERHEAD_BYTES + this.used);
    this.used = 0;
    this.memory = Buffer.alloc(0);
    return frame;
  }

  /** Forgets the payload and keeps the memory for the next one, if that is large enough. */
  clear(): void {
    this.used = 0;
    if (this.memory.length < this.nextBytes) this.memory = Buffer.alloc(0);
  }

  /** Forgets the memory too. */
  rest(): void {
    this.used = 0;
    this.memory = Buffer.alloc(0);
    this.nextBytes = FIRST_BYTES;
  }
}
