import type { ChannelOpen } from '@sallyport/recording-format';
import { FrameKind } from '@sallyport/recording-format';
import { BulkInput } from './bulk-input.js';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { inputReader, PipedInput, secretInput, type InputReader } from './commands/index.js';
import { asCommandFrame } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Observes the input of a channel without a terminal: as commands if a shell or interpreter reads it, otherwise as bulk input. */
export function observeInput(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer[] {
  if (target.opened.pty) return [];
  const reader = readerOf(target.opened);
  return [reader ? observePiped(deps, target, recorder, reader) : observeBulk(target, recorder)];
}

const readerOf = ({ kind, command = '' }: ChannelOpen): InputReader | undefined => (kind === 'exec' ? inputReader(command) : 'shell');

/** Writes the input that `reader` reads into the recording as commands, and the rest as gaps. */
export function observePiped(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder, reader: InputReader): Observer {
  const write = factWriter(FrameKind.command, recorder, deps, target);
  const piped = new PipedInput({
    reader,
    isSecretFirst: secretInput(target.opened.command ?? '') !== 'none',
    clock: deps.clock,
    emit: (command) => write(asCommandFrame(command, target.startedAtMs)),
    skip: (why, data) => recorder.skip('input', why, data),
    withhold: (data) => recorder.withhold('input', data.length),
  });
  return {
    ...unobserved,
    input: (data) => piped.input(data),
    output: (data) => piped.output(data),
    stderr: (data) => piped.output(data),
    close: () => piped.close(),
  };
}

/** Counts and hashes the input. */
function observeBulk({ opened }: TapTarget, recorder: ChannelRecorder): Observer {
  const bulk = new BulkInput(recorder, secretInput(opened.command ?? ''));
  return {
    ...unobserved,
    input: (data) => bulk.input(data),
    close: () => Promise.resolve(bulk.close()),
  };
}
