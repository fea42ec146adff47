import { type HashChain, sha256 } from '@sallyport/crypto';
import type { ObjectStore } from '@sallyport/object-store';
import {
  channelOpenedBy,
  extentName,
  type Frame,
  type FrameKind,
  type ManifestPart,
  type RecordedChannel,
  recordingFolder,
} from '@sallyport/recording-format';
import type { RecorderSeal } from '../recording/recorder-seal.js';

/** Destination and settings of the parts. */
export interface PartTarget {
  readonly store: ObjectStore;
  readonly sessionId: string;
  /** Largest part; one is held in memory. */
  readonly partBytes: number;
  /** Chain of the frames before; the frames are added to it. */
  readonly chain: HashChain;
  readonly seals: RecorderSeal;
}

/** Parts that the frames were written to. */
export interface MergedParts {
  readonly parts: readonly ManifestPart[];
  readonly channels: readonly RecordedChannel[];
  /** Latest time of a frame; 0 for none. */
  readonly lastUs: number;
  /** Kind of the last frame; undefined for none. */
  readonly lastKind: FrameKind | undefined;
}

/**
 * Writes frames as parts. The cuts depend on the frames alone and the names on the contents. So a second run, after a crash or at the same
 * time, writes the same objects.
 */
export async function mergeParts(place: PartTarget, frames: AsyncIterable<Frame>): Promise<MergedParts> {
  const merge = new Merge(place);
  for await (const frame of frames) await merge.add(frame);
  return merge.end();
}

class Merge {
  private readonly parts: ManifestPart[] = [];
  private readonly channels: RecordedChannel[] = [];
  private lastUs = 0;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private first: Frame | undefined;
  private last: Frame | undefined;
  private lastKind: FrameKind | undefined;

  private linkBefore: Buffer;

  constructor(private readonly place: PartTarget) {
    this.linkBefore = place.chain.head;
  }

  async add(frame: Frame): Promise<void> {
    if (this.heldBytes + frame.bytes.length > this.place.partBytes) await this.write();
    this.first ??= frame;
    this.last = frame;
    this.lastKind = frame.kind;
    this.lastUs = Math.max(this.lastUs, frame.timeUs);
    this.held.push(frame.bytes);
    this.heldBytes += frame.bytes.length;
    this.place.chain.add(frame.bytes);
    const channel = channelOpenedBy(frame);
    if (channel !== undefined) this.channels.push(channel);
  }

  async end(): Promise<MergedParts> {
    await this.write();
    return { parts: this.parts, channels: this.channels, lastUs: this.lastUs, lastKind: this.lastKind };
  }

  private async write(): Promise<void> {
    const { first, last } = this;
    if (first === undefined || last === undefined) return;
    const bytes = Buffer.concat(this.held);
    const digest = sha256(bytes);
    const name = extentName({ kind: 'part', firstSeq: first.seq, lastSeq: last.seq, digest: digest.slice(0, 16) });
    const { sessionId, store, seals, chain } = this.place;
    const [linkBefore, linkAfter] = [this.linkBefore, chain.head];
    const linked = { firstSeq: first.seq, lastSeq: last.seq, bytes, linkBefore, linkAfter };
    await store.put(recordingFolder(sessionId) + name, seals.seal(sessionId, linked), { isKept: true });
    this.linkBefore = linkAfter;
    this.parts.push({
      name,
      first_seq: Number(first.seq),
      last_seq: Number(last.seq),
      first_us: first.timeUs,
      last_us: last.timeUs,
      bytes: bytes.length,
      sha256: digest,
      chain: linkAfter.toString('hex'),
    });
    this.held = [];
    this.heldBytes = 0;
    this.first = this.last = undefined;
  }
}
