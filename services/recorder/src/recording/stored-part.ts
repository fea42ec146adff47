import { channelOpenedBy, type Frame, type FrameKind, type ManifestPart, type RecordedChannel } from '@sallyport/recording-format';

/** Facts of a run of frames that a manifest states. */
export interface FrameFacts {
  /** Latest time of a frame. */
  readonly lastUs: number;
  readonly lastKind: FrameKind;
  /** Channels that were opened in the run. */
  readonly channels: readonly RecordedChannel[];
}

/** A stored part, as a manifest names it. */
export interface StoredPart {
  readonly part: ManifestPart;
  /** Link of the frame before its first. */
  readonly linkBefore: Buffer;
  readonly facts: FrameFacts;
}

/** Frames as an object contains them, and what is known of them. */
export interface StoredFrames {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
  readonly linkBefore: Buffer;
  readonly linkAfter: Buffer;
}

/** Returns the part that consists of these frames, at least one. */
export function storedPart({ name, frames, bytes, digest, linkBefore, linkAfter }: StoredFrames): StoredPart {
  const [first, last] = [frames[0]!, frames.at(-1)!];
  const part = {
    name,
    first_seq: Number(first.seq),
    last_seq: Number(last.seq),
    first_us: first.timeUs,
    last_us: last.timeUs,
    bytes: bytes.length,
    sha256: digest,
    chain: linkAfter.toString('hex'),
  };
  const lastUs = frames.reduce((latest, { timeUs }) => Math.max(latest, timeUs), 0);
  const channels = frames.flatMap((frame) => channelOpenedBy(frame) ?? []);
  return { part, linkBefore, facts: { lastUs, lastKind: last.kind, channels } };
}
