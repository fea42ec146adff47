import { AsciicastWriter, channelToPlay } from '@sallyport/recording-format';
import { readRecording } from '../recording/read-recording.js';
import { ChannelNotFound } from '../recording/recording.errors.js';
import { summarize } from './describe-recording.js';
import { findRecording, type PlaybackDeps } from './playback-deps.js';

/** Returns one channel as asciicast v2; 0 for the one that channelToPlay chooses. Throws ChannelNotFound if it does not exist. */
export async function* readAsciicast(
  deps: PlaybackDeps,
  { sessionId, channel }: { sessionId: string; channel: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = await findRecording(deps, sessionId);
  const { channels } = await summarize(deps, recording);
  const chosen = channel === 0 ? channelToPlay(channels) : channels.find((one) => one.channel === channel)?.channel;
  if (chosen === undefined) throw new ChannelNotFound(sessionId, channel);
  const writer = new AsciicastWriter(chosen);
  for await (const frame of readRecording(deps.store, deps.manifests, recording)) {
    const text = writer.write(frame);
    if (text !== '') yield Buffer.from(text);
  }
  yield Buffer.from(writer.end());
}
