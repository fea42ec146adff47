import { ofSession } from '@sallyport/telemetry';
import type { JsonFrameKind, JsonPayloads } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';

/** Returns a writer of facts, which may come late and from another thread. A fact that cannot be written is logged and does not end the process. */
export const factWriter =
  <K extends JsonFrameKind>(kind: K, recorder: ChannelRecorder, { logger }: TapDeps, { sessionId, channel }: TapTarget) =>
  (fact: JsonPayloads[K]): void => {
    try {
      recorder.json(kind, fact);
    } catch (error) {
      logger.error({ err: error, ...ofSession(sessionId), channel }, 'a command or file operation could not be recorded');
    }
  };
