import type { ObjectStore } from '@sallyport/object-store';
import type { Frame } from '@sallyport/recording-format';
import type { ManifestFile } from './manifest-file.js';
import { framesOfPiece, isGone, openPieces, type PieceReader } from './read-piece.js';
import { loadRecording, type StoredRecording } from './stored-recording.js';

/** Most times that a reader looks up the recording anew without reading a further frame. */
const LOOK_UPS = 5;

/**
 * Returns the stored frames from `fromSeq` on, in order, each once, also while the session runs and while it is being closed. If a segment
 * vanishes under the reader, it goes on with the part that the segment became. Holds a few segments at most.
 */
export async function* readRecording(
  store: ObjectStore,
  manifests: ManifestFile,
  start: StoredRecording,
  fromSeq = 1n,
): AsyncGenerator<Frame, void, undefined> {
  let recording = start;
  let next = fromSeq;
  for (let lookUps = 0; ; lookUps++) {
    const before = next;
    try {
      for await (const frame of framesFrom({ store, seals: manifests.seals, sessionId: recording.sessionId }, recording, next)) {
        next = frame.seq + 1n;
        yield frame;
      }
      return;
    } catch (error) {
      if (!isGone(error)) throw error;
      if (next > before) lookUps = 0;
      if (lookUps >= LOOK_UPS) throw error;
    }
    recording = await loadRecording(store, manifests, start.sessionId);
  }
}

/** Reads the frames of these pieces from `fromSeq` on; pieces may overlap. */
async function* framesFrom(reader: PieceReader, recording: StoredRecording, fromSeq: bigint): AsyncGenerator<Frame, void, undefined> {
  let next = fromSeq;
  const wanted = recording.pieces.filter((piece) => piece.lastSeq >= fromSeq);
  for await (const opened of openPieces(reader, wanted)) {
    for (const frame of framesOfPiece(recording.sessionId, opened)) {
      if (frame.seq < next) continue;
      next = frame.seq + 1n;
      yield frame;
    }
  }
}
