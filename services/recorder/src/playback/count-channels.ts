import type { ChannelCounts } from '@sallyport/proto-gen/recording/v1/playback';
import { type Frame, FrameKind, plainBytesOf } from '@sallyport/recording-format';
import { readRecording } from '../recording/read-recording.js';
import type { StoredRecording } from '../recording/stored-recording.js';
import type { PlaybackDeps } from './playback-deps.js';

/** Largest recording that is read for counts: a list must not take long. */
const MOST_BYTES = 64 * 1024 * 1024;

type Counts = { -readonly [K in keyof ChannelCounts]: ChannelCounts[K] };

/** Returns how much each channel of a recording has, by its number; undefined for a recording that is too large. */
export async function countChannels(
  { store, manifests }: PlaybackDeps,
  recording: StoredRecording,
  sizeBytes: number,
): Promise<ReadonlyMap<number, ChannelCounts> | undefined> {
  if (sizeBytes > MOST_BYTES) return undefined;
  const channels = new Map<number, Counts>();
  for await (const frame of readRecording(store, manifests, recording)) {
    if (frame.kind === FrameKind.channelOpen) channels.set(frame.channel, { outputBytes: 0n, commands: 0, files: 0 });
    const counts = channels.get(frame.channel);
    if (counts !== undefined) count(counts, frame);
  }
  return channels;
}

function count(counts: Counts, frame: Frame): void {
  if (frame.kind === FrameKind.output || frame.kind === FrameKind.stderr) counts.outputBytes += BigInt(plainBytesOf(frame));
  if (frame.kind === FrameKind.command) counts.commands++;
  if (frame.kind === FrameKind.file) counts.files++;
}
