import { uuidv7 } from '@sallyport/context';
import { FrameKind, type ChannelOpen } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { inputReader, PipedInput, secretInput, type PipedReader, type SecretInput } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import { KeptInput, MAX_INPUT_BYTES } from './kept-input.js';
import { asCommandFrame } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { SecretFirst } from './secret-first.js';
import { factWriter } from './write-fact.js';

/** Observes the input of a channel without a terminal. */
export const observeInput = (deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer[] =>
  target.opened.pty ? [] : [observePiped(deps, target, recorder, readerOf(target.opened))];

const readerOf = ({ kind, command = '' }: ChannelOpen): PipedReader => (kind === 'exec' ? (inputReader(command) ?? 'unknown') : 'shell');

/** Returns the secret part of the input. Of what a shell reads, at most its first line is one. */
function secretOf({ command = '' }: ChannelOpen, reader: PipedReader): SecretInput {
  const secret = secretInput(command);
  return secret === 'all' && reader !== 'unknown' ? 'first-line' : secret;
}

/** Records the input as bytes, and looks for the commands in it. A last row names the input that is in no command. */
export function observePiped(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder, reader: PipedReader): Observer {
  const { clock } = deps;
  const write = factWriter(FrameKind.command, recorder, deps, target);
  const note = missedRow(deps, target, write);
  const kept = new KeptInput(recorder, deps.maxInputBytes ?? MAX_INPUT_BYTES, deps.sealing?.sealsInput);
  const piped = new PipedInput({ reader, clock, emit: (command) => write(asCommandFrame(command, target.startedAtMs)) });
  // Data of a program that is not known to run it must not stand in rows if the recording has it sealed.
  const isOpaque = reader === 'unknown' && deps.sealing?.sealsInput === true;
  const first = new SecretFirst({
    secret: secretOf(target.opened, reader),
    isRun: reader !== 'unknown',
    clock,
    pass: (data) => {
      kept.input(data);
      if (!isOpaque) piped.input(data);
    },
    withhold: (data) => {
      recorder.withhold('input', data);
      note(`(${data.length} bytes of input may be a password and are withheld)`);
    },
  });
  return {
    ...unobserved,
    input: (data) => first.input(data),
    output: (data) => first.output(data),
    stderr: (data) => first.output(data),
    close: async () => {
      first.close();
      await piped.close();
      const { skipped } = piped;
      const missed = isOpaque && kept.bytes > 0 ? `${kept.bytes} bytes of input of a program that is not known to run it` : skipped;
      if (missed !== '') note(`(commands not looked for in ${missed}; ${kept.summary()})`);
    },
  };
}

/** Returns a writer of rows that say which input is in no command. */
const missedRow =
  ({ clock }: TapDeps, { startedAtMs }: TapTarget, write: ReturnType<typeof factWriter<typeof FrameKind.command>>) =>
  (input: string): void => {
    const at = sinceStart(clock.now(), startedAtMs);
    write({ id: uuidv7(), kind: 'piped', certainty: 'missed', input, output: '', risk_level: 'accept', started_us: at, ended_us: at });
  };
