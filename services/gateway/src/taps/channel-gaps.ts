import { createHash, type Hash } from 'node:crypto';
import type { GapFact } from '@sallyport/recording-format';

/** A gap frame is written after this many bytes, so that a gateway that crashes leaves at most this much without a hash. */
const GAP_BYTES = 64 * 1024 * 1024;

interface Gap {
  readonly stream: string;
  readonly why: string;
  readonly hash: Hash | undefined;
  bytes: number;
}

/** Counts and hashes the bytes of one channel that its recording omits. Bytes are not copied. */
export class ChannelGaps {
  private readonly gaps = new Map<string, Gap>();

  constructor(private readonly write: (gap: GapFact) => void) {}

  /** Counts and hashes bytes that are omitted. */
  add(stream: string, why: string, data: Buffer): void {
    const gap = this.gapOf(stream, why, true);
    gap.bytes += data.length;
    gap.hash?.update(data);
    if (gap.bytes >= GAP_BYTES) this.end(gap);
  }

  /** Counts bytes that are omitted without a hash. */
  withhold(stream: string, bytes: number): void {
    this.gapOf(stream, 'secret', false).bytes += bytes;
  }

  /** Writes the open gaps. */
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
