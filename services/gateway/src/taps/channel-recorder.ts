import { createHash, type Hash } from 'node:crypto';
import { encodePayload, FrameKind, type ChannelClose, type ChannelOpen, type JsonFrameKind, type JsonPayloads } from '@sallyport/recording-format';
import type { ChannelStream } from '../ssh/index.js';
import type { SessionRecording } from './recording-port.js';

/** What is kept of a channel's bytes. `facts-only`: nothing, file facts say it; `hash-only`: their number and hash, as gaps. */
export type ContentPolicy = 'whole' | 'hash-only' | 'facts-only';

/** A gap is written at least this often, so that a gateway that dies leaves no more than that without a hash. */
const GAP_BYTES = 64 * 1024 * 1024;

/** Writes one channel's frames: its beginning and end, sizes, output whole up to a bound and then as marked gaps. */
export class ChannelRecorder {
  private keptBytes = 0;
  private readonly gaps = new Map<string, Gap>();

  constructor(
    private readonly recording: SessionRecording,
    private readonly channel: number,
    private readonly policy: ContentPolicy,
    /** Bytes of output kept whole; 0 for all. */
    private readonly maxBytes: number,
  ) {}

  opened(fact: ChannelOpen): void {
    this.json(FrameKind.channelOpen, fact);
  }

  /** What a client sent is never recorded; of bulk transfers its hash is. */
  input(data: Buffer): void {
    if (this.policy === 'hash-only') this.skip('input', 'bulk', data);
  }

  output(data: Buffer, stream: ChannelStream): void {
    const isContent = stream === 'stdout' && this.policy !== 'whole';
    if (isContent && this.policy === 'facts-only') return;
    if (isContent) return this.skip('output', 'bulk', data);
    const left = this.maxBytes === 0 ? data.length : Math.max(0, this.maxBytes - this.keptBytes);
    const kept = data.subarray(0, left);
    this.keptBytes += kept.length;
    if (kept.length > 0) this.recording.append(this.channel, stream === 'stdout' ? FrameKind.output : FrameKind.stderr, kept);
    if (left < data.length) this.skip(stream === 'stdout' ? 'output' : 'stderr', 'size-limit', data.subarray(left));
  }

  resized(cols: number, rows: number): void {
    this.json(FrameKind.resize, { cols, rows });
  }

  closed(fact: ChannelClose): void {
    for (const [stream, gap] of this.gaps) this.writeGap(stream, gap);
    this.json(FrameKind.channelClose, fact);
  }

  json<K extends JsonFrameKind>(kind: K, value: JsonPayloads[K]): void {
    this.recording.append(this.channel, kind, Buffer.from(encodePayload(kind, value)));
  }

  private skip(stream: string, why: string, data: Buffer): void {
    const gap = this.gaps.get(stream) ?? { bytes: 0, hash: createHash('sha256'), why };
    this.gaps.set(stream, gap);
    gap.bytes += data.length;
    gap.hash.update(data);
    if (gap.bytes >= GAP_BYTES) this.writeGap(stream, gap);
  }

  private writeGap(stream: string, { bytes, hash, why }: Gap): void {
    this.gaps.delete(stream);
    this.json(FrameKind.gap, { bytes, sha256: hash.digest('hex'), why, stream });
  }
}

interface Gap {
  bytes: number;
  readonly hash: Hash;
  readonly why: string;
}
