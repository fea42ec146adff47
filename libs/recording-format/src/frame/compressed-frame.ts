import { FrameCorrupt } from '../format.errors.js';
import { announcedBytes, expandPayload } from './compressed-payload.js';
import type { Frame, FrameHeader } from './frame.js';
import type { FrameKind } from './frame-kind.js';

/** A frame whose payload is expanded when it is read: storing, hashing and searching for commands never do. */
export class CompressedFrame implements Frame {
  readonly kind: FrameKind;
  readonly channel: number;
  readonly seq: bigint;
  readonly timeUs: number;
  private plain: Uint8Array | undefined;

  /** `at` is the position of the frame in the recording, for error messages. */
  constructor(
    header: FrameHeader,
    private readonly compressed: Uint8Array,
    readonly bytes: Uint8Array,
    private readonly at: number,
  ) {
    ({ kind: this.kind, channel: this.channel, seq: this.seq, timeUs: this.timeUs } = header);
  }

  /** Returns the plain payload. Throws FrameCorrupt. */
  get payload(): Uint8Array {
    return (this.plain ??= this.expand());
  }

  /** Returns the length of the plain payload without expanding it. */
  get plainBytes(): number {
    return announcedBytes(this.compressed);
  }

  private expand(): Uint8Array {
    try {
      return expandPayload(this.compressed);
    } catch (error) {
      throw new FrameCorrupt(`the payload of frame ${this.seq} can not be expanded: ${(error as Error).message}`, this.at);
    }
  }
}

/** Returns the length of a frame's plain payload. Expands nothing. */
export const plainBytesOf = (frame: Frame): number => (frame instanceof CompressedFrame ? frame.plainBytes : frame.payload.length);
