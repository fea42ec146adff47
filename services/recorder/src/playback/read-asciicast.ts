import type { ReadAsciicastRequest } from '@sallyport/proto-gen/recording/v1/playback';
import { AsciicastWriter, channelToPlay, type Marker, markerOf } from '@sallyport/recording-format';
import { readRecording } from '../recording/read-recording.js';
import { ChannelNotFound } from '../recording/recording.errors.js';
import type { StoredRecording } from '../recording/stored-recording.js';
import { summarize } from './describe-recording.js';
import { findRecording, type PlaybackDeps } from './playback-deps.js';

/** Most markers of one file: players list them all. */
const MOST_MARKERS = 10_000;

/** Returns one channel as asciicast v2; 0 for the one that channelToPlay chooses. Throws ChannelNotFound if it does not exist. */
export async function* readAsciicast(
  deps: PlaybackDeps,
  { sessionId, channel, fromUs, toUs, withoutMarkers }: ReadAsciicastRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = await findRecording(deps, sessionId);
  const { channels } = await summarize(deps, recording);
  const chosen = channel === 0 ? channelToPlay(channels) : channels.find((one) => one.channel === channel)?.channel;
  if (chosen === undefined) throw new ChannelNotFound(sessionId, channel);
  const end = toUs === 0n ? Infinity : Number(toUs);
  const markers = withoutMarkers ? [] : await markersOf(deps, recording, chosen);
  const writer = new AsciicastWriter(chosen, { fromUs: Number(fromUs), markers });
  for await (const frame of readRecording(deps.store, deps.manifests, recording)) {
    if (frame.timeUs > end) break;
    const text = writer.write(frame);
    if (text !== '') yield Buffer.from(text);
  }
  yield Buffer.from(writer.end(end));
}

/** Returns the markers of a channel by time. A command's frame comes when the command has ended, so the recording is read once before. */
async function markersOf({ store, manifests }: PlaybackDeps, recording: StoredRecording, channel: number): Promise<Marker[]> {
  const markers: Marker[] = [];
  for await (const frame of readRecording(store, manifests, recording)) {
    if (frame.channel !== channel) continue;
    const marker = markerOf(frame);
    if (marker !== undefined && markers.push(marker) === MOST_MARKERS) break;
  }
  return markers.toSorted((a, b) => a.timeUs - b.timeUs);
}
