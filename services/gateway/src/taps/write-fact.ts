import type { JsonFrameKind, JsonPayloads } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';

/** Writes facts as they are found, maybe from another thread and after everything else: a fact that can't be written must not end the process. */
export const factWriter =
  <K extends JsonFrameKind>(kind: K, recorder: ChannelRecorder, { logger }: TapTools, { sessionId, channel }: TapTarget) =>
  (fact: JsonPayloads[K]): void => {
    try {
      recorder.json(kind, fact);
    } catch (error) {
      logger.error({ err: error, session: sessionId, channel }, 'a command or file operation could not be recorded');
    }
  };
