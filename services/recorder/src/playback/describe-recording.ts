import type { DescribeRequest, DescribeResponse } from '@sallyport/proto-gen/recording/v1/playback';
import { channelOpenedBy, lastLink, type RecordedChannel } from '@sallyport/recording-format';
import { readRecording } from '../recording/read-recording.js';
import { isComplete, isFinal, type StoredRecording } from '../recording/stored-recording.js';
import { countChannels } from './count-channels.js';
import { findRecording, type PlaybackDeps } from './playback-deps.js';

/** The facts of a recording without its bytes. */
export interface RecordingSummary {
  readonly durationUs: number;
  readonly sizeBytes: number;
  readonly channels: readonly RecordedChannel[];
}

/** Answers Describe. */
export async function describeRecording(deps: PlaybackDeps, { sessionId, withCounts }: DescribeRequest): Promise<DescribeResponse> {
  const recording = await findRecording(deps, sessionId);
  const { channels, durationUs, sizeBytes } = await summarize(deps, recording);
  const counts = withCounts ? await countChannels(deps, recording, sizeBytes) : undefined;
  return {
    lastSeq: recording.lastSeq,
    sizeBytes: BigInt(sizeBytes),
    durationUs: BigInt(durationUs),
    closed: isComplete(recording),
    link: Buffer.from((isFinal(recording) && lastLink(recording.closed!.manifest)) || '', 'hex'),
    channels: channels.map(({ channel, kind, command, opened_us }) => ({
      ...{ channel, kind, command, openedUs: BigInt(opened_us) },
      counts: counts?.get(channel),
    })),
  };
}

/** Returns the facts from the manifest, as far as it goes. Frames that came later are read. */
export async function summarize({ store, manifests }: PlaybackDeps, recording: StoredRecording): Promise<RecordingSummary> {
  const manifest = recording.closed?.manifest;
  const channels = [...(manifest?.channels ?? [])];
  let durationUs = manifest?.duration_us ?? 0;
  let sizeBytes = manifest?.size_bytes ?? 0;
  const next = BigInt(manifest?.last_seq ?? 0) + 1n;
  if (next <= recording.lastSeq) {
    for await (const frame of readRecording(store, manifests, recording, next)) {
      durationUs = Math.max(durationUs, frame.timeUs);
      sizeBytes += frame.bytes.length;
      const channel = channelOpenedBy(frame);
      if (channel !== undefined) channels.push(channel);
    }
  }
  return { channels, durationUs, sizeBytes };
}
