import { AppError } from '@sallyport/errors';
import { ObjectNotFound, type ObjectStore } from '@sallyport/object-store';
import { type Frame, FrameDecoder, recordingFolder } from '@sallyport/recording-format';
import type { Piece } from './plan-extents.js';
import { RecordingDamaged } from './recording.errors.js';

/** Segments are read ahead whole, this many at once: there are thousands of small ones in a long session. */
const READ_AHEAD = 4;

/** Returns the frames of a piece. Throws RecordingDamaged if they are not exactly those that the name states. */
export async function* framesOfPiece(
  sessionId: string,
  piece: Piece,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame, void, undefined> {
  let last = piece.firstSeq - 1n;
  try {
    const decoder = new FrameDecoder({ firstSeq: piece.firstSeq });
    for await (const bytes of content) {
      for (const frame of decoder.push(bytes)) {
        last = frame.seq;
        yield frame;
      }
    }
    decoder.end();
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') throw new RecordingDamaged(piece.name, sessionId, error.message, error);
    throw error;
  }
  if (last !== piece.lastSeq) throw new RecordingDamaged(piece.name, sessionId, `it ends at frame ${last}, not at frame ${piece.lastSeq}`);
}

/** Opens pieces one after the other with their contents. Throws ObjectNotFound for a missing one, after the pieces before it. */
export async function* openPieces(
  store: ObjectStore,
  sessionId: string,
  pieces: readonly Piece[],
): AsyncGenerator<{ piece: Piece; content: AsyncIterable<Uint8Array> }> {
  const folder = recordingFolder(sessionId);
  const ahead: Promise<AsyncIterable<Uint8Array>>[] = [];
  const open = (piece: Piece): Promise<AsyncIterable<Uint8Array>> => {
    const opened = piece.kind === 'seg' ? readWhole(store, folder + piece.name) : store.get(folder + piece.name);
    opened.catch(() => undefined); // reported when its turn comes
    return opened;
  };
  for (const [at, piece] of pieces.entries()) {
    for (let next = at + ahead.length; ahead.length < READ_AHEAD && next < pieces.length; next++) {
      // A part is opened when it is its turn: an open connection must not wait for minutes.
      if (ahead.length > 0 && pieces[next]!.kind === 'part') break;
      ahead.push(open(pieces[next]!));
    }
    yield { piece, content: await ahead.shift()! };
  }
}

async function readWhole(store: ObjectStore, key: string): Promise<AsyncIterable<Uint8Array>> {
  const bytes: Uint8Array[] = [];
  for await (const piece of await store.get(key)) bytes.push(piece);
  return (async function* () {
    yield* bytes;
  })();
}

/** Returns true if an object vanished: another recorder closed the session and removed its segments. */
export const isGone = (error: unknown): boolean => error instanceof ObjectNotFound;
