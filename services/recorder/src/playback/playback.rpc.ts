import type { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import type { Handlers } from '@sallyport/rpc';
import { describeRecording } from './describe-recording.js';
import { inMessages } from './in-messages.js';
import type { PlaybackDeps } from './playback-deps.js';
import { readAsciicast } from './read-asciicast.js';
import { readBundle } from './read-bundle.js';
import { readBytes } from './read-bytes.js';
import { readFramesByTime } from './read-frames.js';

/** Returns the handlers of the PlaybackService. Every stream is read from the store as fast as the caller reads. */
export const playbackHandlers = (deps: PlaybackDeps): Handlers<typeof PlaybackServiceService> => ({
  describe: (_ctx, request) => describeRecording(deps, request),
  readFrames: async function* (_ctx, request) {
    for await (const frames of inMessages(readFramesByTime(deps, request))) yield { frames };
  },
  readBytes: async function* (_ctx, request) {
    for await (const data of inMessages(readBytes(deps, request))) yield { data };
  },
  readAsciicast: async function* (_ctx, request) {
    for await (const data of inMessages(readAsciicast(deps, request))) yield { data };
  },
  readBundle: async function* (_ctx, request) {
    for await (const data of inMessages(readBundle(deps, request.sessionId))) yield { data };
  },
});
