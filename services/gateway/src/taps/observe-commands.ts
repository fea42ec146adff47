import { FrameKind, type CommandFact, type TypedLine } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { createCommandTap, type ObservedCommand, type TypedText } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import type { Observer } from './observer.js';
import { recordGap } from './record-gap.js';
import { factWriter } from './write-fact.js';

/** Writes the commands of a shell or exec channel into its recording. */
export function observeCommands(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const { clock, pool } = deps;
  const write = factWriter(FrameKind.command, recorder, deps, target);
  const { channel, opened, startedAtMs, sessionId } = target;
  const tap = createCommandTap({
    session: sessionId,
    channel,
    kind: opened.kind === 'exec' ? 'exec' : 'shell',
    ...(opened.pty && { cols: opened.pty.cols, rows: opened.pty.rows, isEchoOff: opened.pty.echo === false }),
    ...(opened.command !== undefined && { commandLine: opened.command }),
    emit: (command) => write(asCommandFrame(command, startedAtMs)),
    keepsUnseen: deps.sealing?.keepsUnseen,
    onUnseen: ({ typed = [], ...input }) =>
      recorder.unseen(
        input,
        typed.map((line) => asTypedLine(line, startedAtMs)),
      ),
    onGap: recordGap(deps, target, recorder),
    clock,
    pool,
  });
  return { ...tap, stderr: (data) => tap.output(data) };
}

const asTypedLine = ({ text, at }: TypedText, startedAtMs: number): TypedLine => ({
  timeUs: sinceStart(at, startedAtMs),
  keys: Buffer.from(text),
});

/** Converts a command to the payload of its frame. */
export const asCommandFrame = ({ startedAtMs, endedAtMs, ...command }: ObservedCommand, sessionStartedAtMs: number): CommandFact => ({
  ...command,
  started_us: sinceStart(startedAtMs, sessionStartedAtMs),
  ended_us: sinceStart(endedAtMs, sessionStartedAtMs),
});
