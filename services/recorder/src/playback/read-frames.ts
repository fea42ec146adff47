import { readRecording } from '../recording/read-recording.js';
import { findRecording, type PlaybackParts } from './playback-parts.js';
import { seekTime } from './seek-time.js';

/** The stored bytes of the frames from `fromUs` to `toUs` (0: to the end), whole and in order. */
export async function* readFramesByTime(
  parts: PlaybackParts,
  { sessionId, fromUs, toUs }: { sessionId: string; fromUs: bigint; toUs: bigint },
): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = await findRecording(parts, sessionId);
  const fromSeq = fromUs === 0n ? 1n : await seekTime(parts.store, recording, Number(fromUs));
  for await (const frame of readRecording(parts.store, parts.manifests, recording, fromSeq)) {
    if (toUs !== 0n && frame.timeUs > toUs) return;
    if (frame.timeUs >= fromUs) yield frame.bytes;
  }
}
