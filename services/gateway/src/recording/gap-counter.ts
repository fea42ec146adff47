import { createHash, type Hash } from 'node:crypto';
import { FrameKind, frameKindName, type GapFact } from '@sallyport/recording-format';

interface Gap {
  readonly channel: number;
  readonly stream: string;
  bytes: number;
  frames: number;
  readonly hash: Hash;
}

/** Counts and hashes dropped bytes by channel and stream, until there is room for a gap frame. */
export class GapCounter {
  private readonly gaps = new Map<string, Gap>();

  get isEmpty(): boolean {
    return this.gaps.size === 0;
  }

  add(channel: number, kind: FrameKind, payload: Uint8Array): void {
    const stream = frameKindName(kind);
    const key = `${channel}/${stream}`;
    const gap = this.gaps.get(key) ?? { channel, stream, bytes: 0, frames: 0, hash: createHash('sha256') };
    this.gaps.set(key, gap);
    gap.bytes += payload.length;
    gap.frames++;
    gap.hash.update(payload);
  }

  /** Returns the gaps as facts and begins again. */
  take(why: string): { channel: number; fact: GapFact }[] {
    const taken = [...this.gaps.values()].map(({ channel, stream, bytes, frames, hash }) => ({
      channel,
      fact: { bytes, frames, stream, sha256: hash.digest('hex'), why },
    }));
    this.gaps.clear();
    return taken;
  }
}
