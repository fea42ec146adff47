import { AsciicastWriter, channelToPlay } from '@sallyport/recording-format';
import { readRecording } from '../recording/read-recording.js';
import { ChannelNotFound } from '../recording/recording.errors.js';
import { summarize } from './describe-recording.js';
import { findRecording, type PlaybackParts } from './playback-parts.js';

/** One channel as asciicast v2; 0 for the one that channelToPlay chooses. ChannelNotFound when it is not there. */
export async function* readAsciicast(
  parts: PlaybackParts,
  { sessionId, channel }: { sessionId: string; channel: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = await findRecording(parts, sessionId);
  const { channels } = await summarize(parts, recording);
  const chosen = channel === 0 ? channelToPlay(channels) : channels.find((one) => one.channel === channel)?.channel;
  if (chosen === undefined) throw new ChannelNotFound(sessionId, channel);
  const writer = new AsciicastWriter(chosen);
  for await (const frame of readRecording(parts.store, parts.manifests, recording)) {
    const text = writer.write(frame);
    if (text !== '') yield Buffer.from(text);
  }
  yield Buffer.from(writer.end());
}
