import type { Extent, ManifestPart } from '@sallyport/recording-format';

/** A stored run of frames. */
export interface Piece extends Extent {
  /** Name within the recording's folder. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: number;
  /** Size and hash of its frames, where a signed manifest names the piece. */
  readonly signed?: Pick<ManifestPart, 'bytes' | 'sha256'>;
}

/** Pieces to read one after the other to see every frame from `nextSeq` on without a hole; they may overlap. */
export interface ExtentPlan {
  readonly pieces: readonly Piece[];
  /** Last frame without a hole before it. */
  readonly lastSeq: bigint;
}

/**
 * Chooses pieces that follow each other from `nextSeq` on, the longest wherever there is a choice. Pieces behind a hole are not in the
 * plan: a gateway that sends the missing frames sends those behind them again.
 */
export function planExtents(pieces: readonly Piece[], nextSeq = 1n): ExtentPlan {
  const sorted = [...pieces].sort((a, b) => (a.firstSeq === b.firstSeq ? compare(b.lastSeq, a.lastSeq) : compare(a.firstSeq, b.firstSeq)));
  const chosen: Piece[] = [];
  let next = nextSeq;
  for (let at = 0; at < sorted.length; ) {
    let best: Piece | undefined;
    for (; at < sorted.length && sorted[at]!.firstSeq <= next; at++) {
      const piece = sorted[at]!;
      if (piece.lastSeq >= next && (best === undefined || piece.lastSeq > best.lastSeq)) best = piece;
    }
    if (best === undefined) break;
    chosen.push(best);
    next = best.lastSeq + 1n;
  }
  return { pieces: chosen, lastSeq: next - 1n };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
