import { decodePayload, FrameKind, isJsonKind, type SessionMeta } from '@sallyport/recording-format';
import type { RecordingEnd, RecordingOpener, SessionRecording } from '../src/taps/recording-port.js';

/** A frame as it was appended, with its JSON payload parsed. */
export interface KeptFrame {
  channel: number;
  kind: FrameKind;
  payload: Buffer;
  json: unknown;
}

/** The recording of a session, in memory. */
export class MemoryRecording implements SessionRecording {
  readonly frames: KeptFrame[] = [];
  isClosed = false;
  private room = Promise.withResolvers<void>();
  private isFull = false;
  private readonly unrecordable: ((why: string) => void)[] = [];

  constructor(
    readonly meta: SessionMeta,
    readonly mode: 'strict' | 'best-effort',
  ) {}

  append(channel: number, kind: FrameKind, payload: Buffer): void {
    const copy = Buffer.from(payload);
    this.frames.push({ channel, kind, payload: copy, json: isJsonKind(kind) ? decodePayload(kind, copy) : undefined });
  }

  hasRoom(): boolean {
    return !this.isFull;
  }

  whenRoom(): Promise<void> {
    return this.isFull ? this.room.promise : Promise.resolve();
  }

  /** Sets whether the recording is full. */
  setFull(isFull: boolean): void {
    this.isFull = isFull;
    if (isFull) return;
    this.room.resolve();
    this.room = Promise.withResolvers();
  }

  onUnrecordable(call: (why: string) => void): void {
    this.unrecordable.push(call);
  }

  cannotRecord(why: string): void {
    if (this.mode === 'strict') this.fail(why);
  }

  /** Fails the recording: it can no longer be stored. */
  fail(why: string): void {
    for (const call of this.unrecordable) call(why);
  }

  close(): Promise<RecordingEnd> {
    this.isClosed = true;
    return Promise.resolve({ lastSeq: BigInt(this.frames.length + 1), link: Buffer.alloc(32) });
  }

  stored(): RecordingEnd | undefined {
    return undefined;
  }

  /** Returns the bytes of a channel on one stream. */
  raw(channel: number, kind: FrameKind): Buffer {
    return Buffer.concat(this.frames.filter((frame) => frame.channel === channel && frame.kind === kind).map((frame) => frame.payload));
  }

  /** Returns the output of a channel on one stream, as text. */
  text(channel: number, kind: FrameKind = FrameKind.output): string {
    const pieces = this.frames.filter((frame) => frame.channel === channel && frame.kind === kind).map((frame) => frame.payload);
    return Buffer.concat(pieces).toString();
  }

  /** Returns the number of output bytes of a channel. */
  bytes(channel: number): number {
    const own = this.frames.filter((frame) => frame.channel === channel && frame.kind === FrameKind.output);
    return own.reduce((sum, { payload }) => sum + payload.length, 0);
  }

  /** Returns the JSON payloads of one kind, in order. */
  facts(kind: FrameKind): unknown[] {
    return this.frames.filter((frame) => frame.kind === kind).map((frame) => frame.json);
  }
}

/** A recorder in memory. */
export class MemoryRecordings implements RecordingOpener {
  readonly all: MemoryRecording[] = [];

  open(meta: SessionMeta, mode: 'strict' | 'best-effort'): MemoryRecording {
    const recording = new MemoryRecording(meta, mode);
    this.all.push(recording);
    return recording;
  }

  get last(): MemoryRecording {
    const last = this.all.at(-1);
    if (!last) throw new Error('nothing was recorded');
    return last;
  }
}
