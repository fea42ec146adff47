import { FrameKind, type CommandFact as FrameFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { createCommandTap, type CommandFact } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import type { Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Writes the commands of a shell or exec channel into its recording. */
export function observeCommands(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const { clock, logger, pool } = tools;
  const write = factWriter(FrameKind.command, recorder, tools, target);
  const { channel, opened, startedAtMs, sessionId } = target;
  const tap = createCommandTap({
    channel,
    kind: opened.kind === 'exec' ? 'exec' : 'shell',
    ...(opened.pty && { cols: opened.pty.cols, rows: opened.pty.rows }),
    ...(opened.command !== undefined && { commandLine: opened.command }),
    emit: (command) => write(asCommandFrame(command, startedAtMs)),
    onGap: (gap) =>
      logger.warn({ session: sessionId, channel, ...gap }, 'commands may be missing: output came faster than it could be looked at'),
    clock,
    pool,
  });
  return { ...tap, stderr: (data) => tap.output(data) };
}

/** A command as its frame has it. */
export const asCommandFrame = (command: CommandFact, startedAtMs: number): FrameFact => ({
  id: command.id,
  kind: command.kind,
  input: command.input,
  output: command.output,
  ...(command.outputTruncated !== undefined && { output_truncated: command.outputTruncated }),
  ...(command.outputBytes !== undefined && { output_bytes: command.outputBytes }),
  risk_level: command.riskLevel,
  started_us: sinceStart(command.startedAtMs, startedAtMs),
  ended_us: sinceStart(command.endedAtMs, startedAtMs),
});
