import type { ChannelOpen } from '@sallyport/recording-format';
import { ChannelRecorder, type ContentPolicy } from './channel-recorder.js';
import type { ChannelTap, TapMaker, TapTarget, TapTools } from './channel-tap.js';
import { contentPolicy, execKind, type ExecKind } from './exec-kind.js';
import { observeCommands } from './observe-commands.js';
import { observeScp, observeSftp } from './observe-files.js';
import { observeInput } from './observe-input.js';
import { observeGit, observeRsync } from './observe-sync.js';
import { together, type Observer } from './observer.js';

/** Makes taps: every channel is recorded; shells and commands and what is sent to them are searched for commands, transfers for file operations. */
export function createTapMaker(tools: TapTools): TapMaker {
  return (target) => {
    const recorder = new ChannelRecorder(target.recording, target.channel, policyFor(target.opened), target.maxOutputBytes);
    recorder.opened(target.opened);
    return joined(recorder, target, observe(tools, target, recorder), tools);
  };
}

const policyFor = (opened: ChannelOpen): ContentPolicy => (opened.kind === 'sftp' ? 'facts-only' : contentPolicy(execOf(opened)));

/** A terminal would change the bytes of a transfer: with one, everything is a command. */
const execOf = ({ kind, command = '', pty }: ChannelOpen): ExecKind => (kind === 'exec' && !pty ? execKind(command) : { kind: 'command' });

function observe(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  if (target.opened.kind === 'sftp') return observeSftp(tools, target, recorder);
  const exec = execOf(target.opened);
  switch (exec.kind) {
    case 'scp':
      return observeScp(tools, target, recorder);
    case 'rsync':
      return observeRsync(tools, target, recorder, exec.command);
    case 'git':
      return observeGit(tools, target, recorder, exec.command);
    case 'command':
      return together([observeCommands(tools, target, recorder), ...observeInput(tools, target, recorder)]);
  }
}

function joined(
  recorder: ChannelRecorder,
  { recording, sessionId, channel }: TapTarget,
  observer: Observer,
  { logger }: TapTools,
): ChannelTap {
  return {
    input: (data) => observer.input(data),
    output: (data, stream) => {
      // First who looks: these very bytes may show that more is to be recorded.
      if (stream === 'stdout') observer.output(data);
      else observer.stderr(data);
      recorder.output(data, stream);
    },
    resize: (cols, rows) => {
      recorder.resized(cols, rows);
      observer.resize(cols, rows);
    },
    hasRoom: () => recording.hasRoom(),
    whenRoom: () => recording.whenRoom(),
    close: async (exit) => {
      try {
        await observer.close(exit);
        recorder.closed(exit);
      } catch (error) {
        logger.error({ err: error, session: sessionId, channel }, 'the end of a channel could not be recorded');
      }
    },
  };
}
