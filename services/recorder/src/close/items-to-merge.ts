import { sha256 } from '@sallyport/crypto';
import type { Frame } from '@sallyport/recording-format';
import { framesOfPiece, type OpenPiece, openPieces, type PieceReader } from '../recording/read-piece.js';
import type { Piece } from '../recording/plan-extents.js';
import type { StoredRecording } from '../recording/stored-recording.js';
import { storedPart, type StoredPart } from '../recording/stored-part.js';
import type { MergeItem } from './merge-parts.js';

/**
 * Returns what a recording stores from `fromSeq` on, in order, each frame once: whole parts as they are, and the frames of other pieces. Parts
 * that this recorder stored itself (`known`) are not read again.
 */
export async function* itemsToMerge(
  reader: PieceReader,
  recording: StoredRecording,
  fromSeq: bigint,
  known: readonly StoredPart[],
): AsyncGenerator<MergeItem> {
  const byName = new Map(known.map((stored) => [stored.part.name, stored]));
  let next = fromSeq;
  for (const run of runsOf(recording.pieces, fromSeq, byName)) {
    if (!Array.isArray(run)) {
      yield run;
      next = BigInt(run.part.last_seq) + 1n;
      continue;
    }
    for await (const opened of openPieces(reader, run)) {
      yield* itemsOf(reader.sessionId, opened, next);
      next = opened.piece.lastSeq + 1n;
    }
  }
}

/** Returns the pieces in order: known parts that begin where the piece before ended, and the runs of other pieces between them. */
function runsOf(pieces: readonly Piece[], fromSeq: bigint, known: ReadonlyMap<string, StoredPart>): (StoredPart | Piece[])[] {
  const runs: (StoredPart | Piece[])[] = [];
  let next = fromSeq;
  for (const piece of pieces) {
    if (piece.lastSeq < next) continue;
    const stored = piece.firstSeq === next ? known.get(piece.name) : undefined;
    const last = runs.at(-1);
    if (stored !== undefined) runs.push(stored);
    else if (Array.isArray(last)) last.push(piece);
    else runs.push([piece]);
    next = piece.lastSeq + 1n;
  }
  return runs;
}

/** Returns a part that begins at `next` as it is, and the frames from `next` on of another piece. */
function* itemsOf(sessionId: string, opened: OpenPiece, next: bigint): Generator<MergeItem> {
  const frames = framesOfPiece(sessionId, opened);
  const part = opened.piece.firstSeq === next ? partOf(opened, frames) : undefined;
  if (part !== undefined) return yield part;
  for (const frame of frames) if (frame.seq >= next) yield frame;
}

/** Returns a sealed part as a manifest names it; undefined for another piece. */
function partOf({ piece, bytes, links }: OpenPiece, frames: readonly Frame[]): StoredPart | undefined {
  if (piece.kind !== 'part' || links === undefined) return undefined;
  const { before: linkBefore, after: linkAfter } = links;
  return storedPart({ name: piece.name, frames, bytes, digest: sha256(bytes), linkBefore, linkAfter });
}
