import { FrameKind, type CommandFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { createCommandTap, type ObservedCommand } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import type { Observer } from './observer.js';
import { recordGap } from './record-gap.js';
import { factWriter } from './write-fact.js';

/** Writes the commands of a shell or exec channel into its recording. */
export function observeCommands(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const { clock, pool } = deps;
  const write = factWriter(FrameKind.command, recorder, deps, target);
  const writeGap = factWriter(FrameKind.gap, recorder, deps, target);
  const { channel, opened, startedAtMs, sessionId } = target;
  const tap = createCommandTap({
    session: sessionId,
    channel,
    kind: opened.kind === 'exec' ? 'exec' : 'shell',
    ...(opened.pty && { cols: opened.pty.cols, rows: opened.pty.rows }),
    ...(opened.command !== undefined && { commandLine: opened.command }),
    emit: (command) => write(asCommandFrame(command, startedAtMs)),
    onUnseen: (input) => writeGap({ ...input, why: 'unseen', stream: 'input' }),
    onGap: recordGap(deps, target, recorder),
    clock,
    pool,
  });
  return { ...tap, stderr: (data) => tap.output(data) };
}

/** Converts a command to the payload of its frame. */
export const asCommandFrame = ({ startedAtMs, endedAtMs, ...command }: ObservedCommand, sessionStartedAtMs: number): CommandFact => ({
  ...command,
  started_us: sinceStart(startedAtMs, sessionStartedAtMs),
  ended_us: sinceStart(endedAtMs, sessionStartedAtMs),
});
