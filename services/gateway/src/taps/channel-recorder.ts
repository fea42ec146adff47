import {
  encodePayload,
  FrameKind,
  type ChannelClose,
  type ChannelOpen,
  type JsonFrameKind,
  type JsonPayloads,
  type FileContent,
  type Resize,
  type TypedLine,
} from '@sallyport/recording-format';
import type { ChannelStream } from '../ssh/index.js';
import { ChannelGaps } from './channel-gaps.js';
import type { InputFrames } from './input-frames.js';
import { PassedBytes } from './passed-bytes.js';
import type { SessionRecording } from './recording-port.js';

/** Content of a channel's output that the recording keeps. `facts-only`: file frames alone; `hash-only`: length and hash, as gaps. */
export type ContentPolicy = 'whole' | 'hash-only' | 'facts-only';

/** The limit of the output that a recording keeps of a channel. */
export interface OutputLimit {
  /** Bytes of output to keep; 0 for all. */
  readonly bytes: number;
  /** Called once when the output exceeds the limit. If it is absent, output beyond the limit is a gap; otherwise it is kept until the channel closes. */
  readonly onExceeded?: (() => void) | undefined;
}

/** Writes the frames of one channel: its open and close, its terminal sizes, its output up to a limit, and gaps for the rest. */
export class ChannelRecorder {
  private keptBytes = 0;
  private isExceeded = false;
  private readonly gaps: ChannelGaps;
  private readonly passed = { input: new PassedBytes(), output: new PassedBytes() };

  constructor(
    private readonly recording: SessionRecording,
    private readonly channel: number,
    private policy: ContentPolicy,
    private readonly limit: OutputLimit,
    private readonly inputs: InputFrames,
  ) {
    this.gaps = new ChannelGaps((gap) => this.json(FrameKind.gap, gap));
  }

  opened(fact: ChannelOpen): void {
    this.json(FrameKind.channelOpen, fact);
  }

  output(data: Buffer, stream: ChannelStream): void {
    if (stream === 'stderr') this.keep(data, FrameKind.stderr);
    else if (this.policy === 'whole') this.keep(data, FrameKind.output);
    else if (this.policy === 'hash-only') this.skip('output', 'bulk', data);
    else this.pass('output', data);
  }

  /** Keeps bytes of the input. */
  input(data: Buffer): void {
    this.inputs.input(data);
  }

  /** Keeps a piece of a file's content. */
  fileContent(content: FileContent): void {
    this.inputs.fileContent(content);
  }

  /** Holds back bytes that file frames describe. They become a gap if the channel turns out not to speak its protocol. */
  pass(stream: 'input' | 'output', data: Buffer): void {
    this.passed[stream].add(data);
  }

  /** Keeps the output from here on and marks the bytes before as gaps: the channel does not speak the protocol it was opened for. */
  keepWhole(): void {
    this.policy = 'whole';
    this.gaps.close();
    for (const stream of ['input', 'output'] as const) {
      for (const gap of this.passed[stream].gaps()) this.json(FrameKind.gap, { ...gap, why: 'not-as-asked', stream });
    }
  }

  /** Counts and hashes bytes that are not recorded. `why` is a value of FORMAT.md. */
  skip(stream: 'input' | 'output' | 'stderr', why: string, data: Buffer): void {
    this.gaps.add(stream, why, data);
  }

  /** Counts bytes that may be a secret. Their hash is not recorded, and they themselves only sealed, if at all. */
  withhold(stream: 'input', data: Buffer): void {
    if (this.inputs.secret(data)) this.json(FrameKind.gap, { bytes: data.length, why: 'secret', stream, sealed: true });
    else this.gaps.withhold(stream, data.length);
  }

  /** Marks lines that were typed without echo, and keeps them sealed, if at all. */
  unseen(input: { bytes: number; lines: number }, typed: readonly TypedLine[]): void {
    const isSealed = this.inputs.typed(typed);
    this.json(FrameKind.gap, { ...input, why: 'unseen', stream: 'input', ...(isSealed && { sealed: true }) });
  }

  resized(size: Resize): void {
    this.json(FrameKind.resize, size);
  }

  closed(fact: ChannelClose): void {
    this.gaps.close();
    this.json(FrameKind.channelClose, fact);
  }

  json<K extends JsonFrameKind>(kind: K, value: JsonPayloads[K]): void {
    this.recording.append(this.channel, kind, Buffer.from(encodePayload(kind, value)));
  }

  private keep(data: Buffer, kind: typeof FrameKind.output | typeof FrameKind.stderr): void {
    const kept = data.subarray(0, this.roomFor(data.length));
    this.keptBytes += kept.length;
    if (kept.length > 0) this.recording.append(this.channel, kind, kept);
    if (kept.length < data.length) this.skip(kind === FrameKind.output ? 'output' : 'stderr', 'size-limit', data.subarray(kept.length));
  }

  /** Returns how many of the next `bytes` are kept. */
  private roomFor(bytes: number): number {
    const { bytes: most, onExceeded } = this.limit;
    if (most === 0 || this.keptBytes + bytes <= most) return bytes;
    if (!this.isExceeded) onExceeded?.();
    this.isExceeded = true;
    return onExceeded ? bytes : Math.max(0, most - this.keptBytes);
  }
}
