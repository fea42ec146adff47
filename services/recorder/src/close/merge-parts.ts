import { HashChain } from '@sallyport/crypto';
import type { ObjectStore } from '@sallyport/object-store';
import { type Frame, type FrameKind, type ManifestPart, type RecordedChannel, recordingFolder } from '@sallyport/recording-format';
import { objectOf } from '../recording/frame-object.js';
import type { RecorderSeal } from '../recording/recorder-seal.js';
import { RecordingDamaged } from '../recording/recording.errors.js';
import type { StoredPart } from '../recording/stored-part.js';

/** Destination and settings of the parts. */
export interface PartTarget {
  readonly store: ObjectStore;
  readonly sessionId: string;
  /** Largest part; one is held in memory. */
  readonly partBytes: number;
  /** Chain of the frames before. */
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

/** A frame to store, or a part that is stored already. */
export type MergeItem = Frame | StoredPart;

/**
 * Writes frames as parts, between the parts that are stored already and stay. The cuts depend on the frames and those parts alone and the names
 * on the contents. So a second run, after a crash or at the same time, writes the same objects.
 */
export async function mergeParts(target: PartTarget, items: AsyncIterable<MergeItem>): Promise<MergedParts> {
  const merge = new Merge(target);
  for await (const item of items) await ('part' in item ? merge.adopt(item) : merge.add(item));
  return merge.end();
}

class Merge {
  private readonly parts: ManifestPart[] = [];
  private readonly channels: RecordedChannel[] = [];
  private lastUs = 0;
  private lastKind: FrameKind | undefined;
  private held: Frame[] = [];
  private heldBytes = 0;
  private chain: HashChain;

  constructor(private readonly target: PartTarget) {
    this.chain = target.chain;
  }

  async add(frame: Frame): Promise<void> {
    if (this.heldBytes + frame.bytes.length > this.target.partBytes) await this.write();
    this.held.push(frame);
    this.heldBytes += frame.bytes.length;
  }

  async adopt(stored: StoredPart): Promise<void> {
    await this.write();
    const { part, linkBefore } = stored;
    if (!linkBefore.equals(this.chain.head)) {
      throw new RecordingDamaged(part.name, this.target.sessionId, 'the frames before it are not those that its seal names');
    }
    this.chain = new HashChain(Buffer.from(part.chain, 'hex'));
    this.note(stored);
  }

  async end(): Promise<MergedParts> {
    await this.write();
    return { parts: this.parts, channels: this.channels, lastUs: this.lastUs, lastKind: this.lastKind };
  }

  private async write(): Promise<void> {
    if (this.held.length === 0) return;
    const { sessionId, store, seals } = this.target;
    const { stored, object } = objectOf(sessionId, 'part', this.held, this.chain, seals);
    await store.put(recordingFolder(sessionId) + stored.part.name, object, { isKept: true });
    this.held = [];
    this.heldBytes = 0;
    this.note(stored);
  }

  private note({ part, facts }: StoredPart): void {
    this.parts.push(part);
    this.channels.push(...facts.channels);
    this.lastUs = Math.max(this.lastUs, facts.lastUs);
    this.lastKind = facts.lastKind;
  }
}
