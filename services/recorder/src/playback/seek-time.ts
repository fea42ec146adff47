import { type ObjectStore, readObject } from '@sallyport/object-store';
import { decodeHeader, FRAME_HEADER_BYTES, recordingFolder } from '@sallyport/recording-format';
import type { Piece } from '../recording/plan-extents.js';
import type { StoredRecording } from '../recording/stored-recording.js';

/**
 * Returns the number of a frame before which everything is earlier than `fromUs`: the first of the last piece that begins before it. Times
 * only grow, so a binary search finds it: an hour's session of 1,800 segments costs eleven small reads.
 */
export async function seekTime(store: ObjectStore, recording: StoredRecording, fromUs: number): Promise<bigint> {
  const { pieces } = recording;
  let low = 0;
  for (let high = pieces.length - 1; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    if ((await firstTime(store, recording, pieces[middle]!)) < fromUs) low = middle;
    else high = middle - 1;
  }
  return pieces[low]?.firstSeq ?? 1n;
}

async function firstTime(store: ObjectStore, recording: StoredRecording, piece: Piece): Promise<number> {
  const known = recording.closed?.manifest.parts.find((part) => part.name === piece.name);
  if (known !== undefined) return known.first_us;
  const header = await readObject(store, recordingFolder(recording.sessionId) + piece.name, { offset: 0, length: FRAME_HEADER_BYTES });
  return decodeHeader(header).timeUs;
}
