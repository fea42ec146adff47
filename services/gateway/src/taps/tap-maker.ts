import { ofSession } from '@sallyport/telemetry';
import type { ChannelOpen } from '@sallyport/recording-format';
import { ChannelRecorder, type ContentPolicy } from './channel-recorder.js';
import type { ChannelTap, TapMaker, TapTarget, TapDeps } from './channel-tap.js';
import { InputFrames } from './input-frames.js';
import { contentPolicy, execKind, type ExecKind } from './exec-kind.js';
import { noteEnvironment } from './note-environment.js';
import { observeCommands } from './observe-commands.js';
import { observeScp, observeSftp } from './observe-files.js';
import { observeInput } from './observe-input.js';
import { observeGit, observeRsync } from './observe-sync.js';
import { together, type Observer } from './observer.js';

/** Returns a maker of taps. Every channel is recorded; shells and commands are searched for commands, transfers for file operations. */
export function createTapMaker(deps: TapDeps): TapMaker {
  return (target) => {
    const inputs = new InputFrames(target.recording, target, deps.sealing);
    const recorder = new ChannelRecorder(target.recording, target.channel, policyFor(target.opened), target.outputLimit, inputs);
    recorder.opened(target.opened);
    noteEnvironment(deps, target, recorder);
    return joined(recorder, target, observe(deps, target, recorder), deps);
  };
}

const policyFor = (opened: ChannelOpen): ContentPolicy => (opened.kind === 'sftp' ? 'facts-only' : contentPolicy(execOf(opened)));

/** Returns the kind of an exec request. A terminal would change the bytes of a transfer, so with a terminal everything is a command. */
const execOf = ({ kind, command = '', pty }: ChannelOpen): ExecKind => (kind === 'exec' && !pty ? execKind(command) : { kind: 'command' });

function observe(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  if (target.opened.kind === 'sftp') return observeSftp(deps, target, recorder);
  const exec = execOf(target.opened);
  switch (exec.kind) {
    case 'scp':
      return observeScp(deps, target, recorder);
    case 'rsync':
      return observeRsync(deps, target, recorder, exec.command);
    case 'git':
      return observeGit(deps, target, recorder, exec.command);
    case 'command':
      return together([observeCommands(deps, target, recorder), ...observeInput(deps, target, recorder)]);
  }
}

function joined(
  recorder: ChannelRecorder,
  { recording, sessionId, channel }: TapTarget,
  observer: Observer,
  { logger }: TapDeps,
): ChannelTap {
  return {
    input: (data) => observer.input(data),
    output: (data, stream) => {
      // The observer comes first: these bytes may make the recorder keep more.
      if (stream === 'stdout') observer.output(data);
      else observer.stderr(data);
      recorder.output(data, stream);
    },
    resize: (cols, rows, pixels) => {
      recorder.resized({ cols, rows, ...pixels });
      observer.resize(cols, rows);
    },
    hasRoom: () => recording.hasRoom(),
    whenRoom: () => recording.whenRoom(),
    close: async (exit) => {
      try {
        await observer.close(exit);
        recorder.closed(exit);
      } catch (error) {
        logger.error({ err: error, ...ofSession(sessionId), channel }, 'the end of a channel could not be recorded');
      }
    },
  };
}
