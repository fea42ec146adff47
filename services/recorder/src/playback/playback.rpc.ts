import type { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import type { Handlers } from '@sallyport/rpc';
import { describeRecording } from './describe-recording.js';
import { inMessages } from './in-messages.js';
import type { PlaybackParts } from './playback-parts.js';
import { readAsciicast } from './read-asciicast.js';
import { readBundle } from './read-bundle.js';
import { readBytes } from './read-bytes.js';
import { readFramesByTime } from './read-frames.js';

/** The PlaybackService. Every stream is read from the store as the caller takes it. */
export const playbackHandlers = (parts: PlaybackParts): Handlers<typeof PlaybackServiceService> => ({
  describe: (_ctx, request) => describeRecording(parts, request.sessionId),
  readFrames: async function* (_ctx, request) {
    for await (const frames of inMessages(readFramesByTime(parts, request))) yield { frames };
  },
  readBytes: async function* (_ctx, request) {
    for await (const data of inMessages(readBytes(parts, request))) yield { data };
  },
  readAsciicast: async function* (_ctx, request) {
    for await (const data of inMessages(readAsciicast(parts, request))) yield { data };
  },
  readBundle: async function* (_ctx, request) {
    for await (const data of inMessages(readBundle(parts, request.sessionId))) yield { data };
  },
});
