import { createHash, type Hash } from 'node:crypto';
import type { GapFact } from '@sallyport/recording-format';

/** A gap is written at least this often, so that a gateway that dies leaves no more than that without a hash. */
const GAP_BYTES = 64 * 1024 * 1024;

interface Gap {
  readonly stream: string;
  readonly why: string;
  readonly hash: Hash | undefined;
  bytes: number;
}

/** What of one channel's bytes is not in its recording: counted and hashed as it passes, without copies. */
export class ChannelGaps {
  private readonly gaps = new Map<string, Gap>();

  constructor(private readonly write: (gap: GapFact) => void) {}

  /** These bytes are missing. */
  add(stream: string, why: string, data: Buffer): void {
    const gap = this.gapOf(stream, why, true);
    gap.bytes += data.length;
    gap.hash?.update(data);
    if (gap.bytes >= GAP_BYTES) this.end(gap);
  }

  /** So many bytes are missing, and no hash of them may be kept. */
  withhold(stream: string, bytes: number): void {
    this.gapOf(stream, 'secret', false).bytes += bytes;
  }

  /** Writes what is open. */
  close(): void {
    for (const gap of this.gaps.values()) this.end(gap);
  }

  private gapOf(stream: string, why: string, isHashed: boolean): Gap {
    const key = `${stream} ${why}`;
    const gap = this.gaps.get(key) ?? { stream, why, bytes: 0, hash: isHashed ? createHash('sha256') : undefined };
    this.gaps.set(key, gap);
    return gap;
  }

  private end({ stream, why, bytes, hash }: Gap): void {
    this.gaps.delete(`${stream} ${why}`);
    this.write({ bytes, ...(hash && { sha256: hash.digest('hex') }), why, stream });
  }
}
