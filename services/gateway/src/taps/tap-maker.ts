import type { ChannelOpen } from '@sallyport/recording-format';
import { ChannelRecorder, type ContentPolicy } from './channel-recorder.js';
import type { ChannelTap, TapMaker, TapTarget, TapTools } from './channel-tap.js';
import { contentPolicy, execKind } from './exec-kind.js';
import { observeCommands } from './observe-commands.js';
import { observeScp, observeSftp } from './observe-files.js';
import { observeInput } from './observe-input.js';
import { together, type Observer } from './observer.js';

/** Makes taps: every channel is recorded; shells and commands and what is sent to them are searched for commands, sftp and scp for file operations. */
export function createTapMaker(tools: TapTools): TapMaker {
  return (target) => {
    const recorder = new ChannelRecorder(target.recording, target.channel, policyFor(target.opened), target.maxOutputBytes);
    recorder.opened(target.opened);
    return joined(recorder, target, observe(tools, target, recorder), tools);
  };
}

function policyFor({ kind, command = '' }: ChannelOpen): ContentPolicy {
  if (kind === 'sftp') return 'facts-only';
  return kind === 'exec' ? contentPolicy[execKind(command)] : 'whole';
}

function observe(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const { kind, command = '' } = target.opened;
  if (kind === 'sftp') return observeSftp(tools, target, recorder);
  const isScp = kind === 'exec' && execKind(command) === 'scp';
  const input = isScp ? observeScp(tools, target, recorder) : observeInput(tools, target, recorder);
  return together([observeCommands(tools, target, recorder), ...input]);
}

function joined(recorder: ChannelRecorder, { recording, sessionId, channel }: TapTarget, observer: Observer, { logger }: TapTools): ChannelTap {
  return {
    input: (data) => observer.input(data),
    output: (data, stream) => {
      recorder.output(data, stream);
      if (stream === 'stdout') observer.output(data);
      else observer.stderr(data);
    },
    resize: (cols, rows) => {
      recorder.resized(cols, rows);
      observer.resize(cols, rows);
    },
    hasRoom: () => recording.hasRoom(),
    whenRoom: () => recording.whenRoom(),
    close: async (exit) => {
      try {
        await observer.close();
        recorder.closed(exit);
      } catch (error) {
        logger.error({ err: error, session: sessionId, channel }, 'the end of a channel could not be recorded');
      }
    },
  };
}
