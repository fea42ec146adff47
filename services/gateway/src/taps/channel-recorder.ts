import {
  encodePayload,
  FrameKind,
  type ChannelClose,
  type ChannelOpen,
  type JsonFrameKind,
  type JsonPayloads,
} from '@sallyport/recording-format';
import type { ChannelStream } from '../ssh/index.js';
import { ChannelGaps } from './channel-gaps.js';
import { PassedBytes } from './passed-bytes.js';
import type { SessionRecording } from './recording-port.js';

/** What is kept of a channel's output. `facts-only`: nothing, file facts say it; `hash-only`: its number and hash, as gaps. */
export type ContentPolicy = 'whole' | 'hash-only' | 'facts-only';

/** Writes one channel's frames: its beginning and end, sizes, output whole up to a bound and then as marked gaps. */
export class ChannelRecorder {
  private keptBytes = 0;
  private readonly gaps: ChannelGaps;
  private readonly passed = { input: new PassedBytes(), output: new PassedBytes() };

  constructor(
    private readonly recording: SessionRecording,
    private readonly channel: number,
    private policy: ContentPolicy,
    /** Bytes of output kept whole; 0 for all. */
    private readonly maxBytes: number,
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

  /** These bytes are told of as files; only if that turns out wrong will they be a gap. */
  pass(stream: 'input' | 'output', data: Buffer): void {
    this.passed[stream].add(data);
  }

  /** The channel is not what it was taken for: from now on its output is kept whole, and what came before is marked as gaps. */
  keepWhole(): void {
    this.policy = 'whole';
    this.gaps.close();
    for (const stream of ['input', 'output'] as const) {
      for (const gap of this.passed[stream].gaps()) this.json(FrameKind.gap, { ...gap, why: 'not-as-asked', stream });
    }
  }

  /** These bytes are not recorded but counted and hashed. `why` is one of FORMAT.md's. */
  skip(stream: 'input' | 'output' | 'stderr', why: string, data: Buffer): void {
    this.gaps.add(stream, why, data);
  }

  /** So many bytes may be a secret: not even their hash is recorded. */
  withhold(stream: 'input', bytes: number): void {
    this.gaps.withhold(stream, bytes);
  }

  resized(cols: number, rows: number): void {
    this.json(FrameKind.resize, { cols, rows });
  }

  closed(fact: ChannelClose): void {
    this.gaps.close();
    this.json(FrameKind.channelClose, fact);
  }

  json<K extends JsonFrameKind>(kind: K, value: JsonPayloads[K]): void {
    this.recording.append(this.channel, kind, Buffer.from(encodePayload(kind, value)));
  }

  private keep(data: Buffer, kind: typeof FrameKind.output | typeof FrameKind.stderr): void {
    const left = this.maxBytes === 0 ? data.length : Math.max(0, this.maxBytes - this.keptBytes);
    const kept = data.subarray(0, left);
    this.keptBytes += kept.length;
    if (kept.length > 0) this.recording.append(this.channel, kind, kept);
    if (left < data.length) this.skip(kind === FrameKind.output ? 'output' : 'stderr', 'size-limit', data.subarray(left));
  }
}
