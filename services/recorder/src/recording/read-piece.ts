import { sha256 } from '@sallyport/crypto';
import { AppError } from '@sallyport/errors';
import { ObjectNotFound, type ObjectStore, readObject } from '@sallyport/object-store';
import { decodeFrames, type Frame, type ManifestPart, recordingFolder } from '@sallyport/recording-format';
import type { Piece } from './plan-extents.js';
import type { RecorderSeal } from './recorder-seal.js';
import { RecordingDamaged } from './recording.errors.js';

/** Segments are read ahead, this many at once: there are thousands of small ones in a long session. */
const READ_AHEAD = 4;

/** Collaborators that read the pieces of one session. */
export interface PieceReader {
  readonly store: ObjectStore;
  readonly seals: RecorderSeal;
  readonly sessionId: string;
}

/** A piece with its frames, proven. */
export interface OpenPiece {
  readonly piece: Piece;
  readonly bytes: Buffer;
  /** Links at both ends, from its seal; undefined if a manifest proves the piece. */
  readonly links?: { readonly before: Buffer; readonly after: Buffer };
}

/**
 * Opens pieces one after the other. Nothing of a piece is returned before all of it is proven: by the signed manifest that names it, or by its
 * seal. Throws ObjectNotFound for a missing piece and RecordingDamaged for a changed one, after the pieces before it.
 */
export async function* openPieces(reader: PieceReader, pieces: readonly Piece[]): AsyncGenerator<OpenPiece> {
  const ahead: Promise<OpenPiece>[] = [];
  for (const at of pieces.keys()) {
    for (let next = at + ahead.length; ahead.length < READ_AHEAD && next < pieces.length; next++) {
      // A part is large: it is read when its turn comes.
      if (ahead.length > 0 && pieces[next]!.kind === 'part') break;
      const opened = openPiece(reader, pieces[next]!);
      opened.catch(() => undefined); // reported when its turn comes
      ahead.push(opened);
    }
    yield await ahead.shift()!;
  }
}

/** Opens a piece. Throws ObjectNotFound and RecordingDamaged. */
async function openPiece({ store, seals, sessionId }: PieceReader, piece: Piece): Promise<OpenPiece> {
  const object = await readObject(store, recordingFolder(sessionId) + piece.name);
  if (piece.signed !== undefined) return { piece, bytes: signedFrames(sessionId, piece.name, piece.signed, object) };
  const { bytes, linkBefore, linkAfter } = seals.open(sessionId, piece, object);
  return { piece, bytes, links: { before: linkBefore, after: linkAfter } };
}

/** Returns the frames of a part that a signed manifest names. Throws ObjectNotFound and RecordingDamaged. */
export async function openPart({ store, sessionId }: PieceReader, part: ManifestPart): Promise<Buffer> {
  return signedFrames(sessionId, part.name, part, await readObject(store, recordingFolder(sessionId) + part.name));
}

type Signed = Pick<ManifestPart, 'bytes' | 'sha256'>;

/** Returns the frames of an object, without the seal that may stand behind them. */
function signedFrames(sessionId: string, name: string, signed: Signed, object: Buffer): Buffer {
  const bytes = object.subarray(0, signed.bytes);
  if (sha256(bytes) === signed.sha256) return bytes;
  throw new RecordingDamaged(name, sessionId, 'its SHA-256 is not the one that was signed: it was changed');
}

/** Returns the frames of an open piece. Throws RecordingDamaged if they are not exactly those that the name states. */
export function framesOfPiece(sessionId: string, { piece, bytes }: OpenPiece): Frame[] {
  try {
    const frames = decodeFrames(bytes, { firstSeq: piece.firstSeq });
    const last = frames.at(-1)?.seq ?? piece.firstSeq - 1n;
    if (last === piece.lastSeq) return frames;
    throw new RecordingDamaged(piece.name, sessionId, `it ends at frame ${last}, not at frame ${piece.lastSeq}`);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') throw new RecordingDamaged(piece.name, sessionId, error.message, error);
    throw error;
  }
}

/** Returns true if an object vanished: another recorder closed the session and removed its segments. */
export const isGone = (error: unknown): boolean => error instanceof ObjectNotFound;
