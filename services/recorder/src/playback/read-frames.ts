import { readRecording } from '../recording/read-recording.js';
import { findRecording, type PlaybackDeps } from './playback-deps.js';
import { seekTime } from './seek-time.js';

/** Returns the stored bytes of the frames from `fromUs` to `toUs` (0: to the end), whole and in order. */
export async function* readFramesByTime(
  deps: PlaybackDeps,
  { sessionId, fromUs, toUs }: { sessionId: string; fromUs: bigint; toUs: bigint },
): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = await findRecording(deps, sessionId);
  const fromSeq = fromUs === 0n ? 1n : await seekTime(deps.store, recording, Number(fromUs));
  for await (const frame of readRecording(deps.store, deps.manifests, recording, fromSeq)) {
    if (toUs !== 0n && frame.timeUs > toUs) return;
    if (frame.timeUs >= fromUs) yield frame.bytes;
  }
}
