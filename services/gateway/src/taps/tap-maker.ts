import { FrameKind, type ChannelOpen } from '@sallyport/recording-format';
import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { ChannelRecorder, type ContentPolicy } from './channel-recorder.js';
import type { ChannelTap, TapMaker, TapTarget } from './channel-tap.js';
import { createCommandTap, type CommandFact, type TerminalPool } from './commands/index.js';
import { contentPolicy, execKind } from './exec-kind.js';

/** What looks into a channel beside the recorder: commands or file operations. */
interface Observer {
  input(data: Buffer): void;
  output(data: Buffer): void;
  resize(cols: number, rows: number): void;
  close(): Promise<void>;
}

export interface TapTools {
  clock: Clock;
  logger: Logger;
  pool: TerminalPool;
}

/** Makes taps: every channel is recorded; shells and commands are searched for commands, sftp and scp for file operations. */
export function createTapMaker(tools: TapTools): TapMaker {
  return (target) => {
    const { recording, channel, opened, maxOutputBytes } = target;
    const recorder = new ChannelRecorder(recording, channel, policyFor(opened), maxOutputBytes);
    recorder.opened(opened);
    return joined(recorder, target, observe(tools, target, recorder));
  };
}

function policyFor({ kind, command = '' }: ChannelOpen): ContentPolicy {
  if (kind === 'sftp') return 'facts-only';
  return kind === 'exec' ? contentPolicy[execKind(command)] : 'whole';
}

function observe(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  return commandsOf(tools, target, recorder);
}

function commandsOf({ clock, logger, pool }: TapTools, { channel, opened, startedAtMs, sessionId }: TapTarget, recorder: ChannelRecorder): Observer {
  return createCommandTap({
    channel,
    kind: opened.kind === 'exec' ? 'exec' : 'shell',
    ...(opened.pty && { cols: opened.pty.cols, rows: opened.pty.rows }),
    ...(opened.command !== undefined && { commandLine: opened.command }),
    emit: (command) => recorder.json(FrameKind.command, asFrame(command, startedAtMs)),
    onGap: (gap) => logger.warn({ session: sessionId, channel, ...gap }, 'commands may be missing: output came faster than it could be looked at'),
    clock,
    pool,
  });
}

const asFrame = (command: CommandFact, startedAtMs: number) => ({
  id: command.id,
  kind: command.kind,
  input: command.input,
  output: command.output,
  risk_level: command.riskLevel,
  started_us: microseconds(command.startedAtMs - startedAtMs),
  ended_us: microseconds(command.endedAtMs - startedAtMs),
});

/** Core's clock and ours may differ a little: a session's first command never lies before its start. */
const microseconds = (ms: number): number => Math.max(0, Math.round(ms * 1000));

function joined(recorder: ChannelRecorder, { recording }: TapTarget, observer: Observer): ChannelTap {
  return {
    input: (data) => {
      recorder.input(data);
      observer.input(data);
    },
    output: (data, stream) => {
      recorder.output(data, stream);
      observer.output(data);
    },
    resize: (cols, rows) => {
      recorder.resized(cols, rows);
      observer.resize(cols, rows);
    },
    hasRoom: () => recording.hasRoom(),
    whenRoom: () => recording.whenRoom(),
    close: async (exit) => {
      await observer.close();
      recorder.closed(exit);
    },
  };
}
