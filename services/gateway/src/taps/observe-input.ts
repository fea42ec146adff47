import type { ChannelOpen } from '@sallyport/recording-format';
import { FrameKind } from '@sallyport/recording-format';
import { BulkInput } from './bulk-input.js';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { inputReader, PipedInput, secretInput, type InputReader } from './commands/index.js';
import { asCommandFrame } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Looks at what is sent to a channel without a terminal: as commands where something runs it, else as bulk. */
export function observeInput(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer[] {
  if (target.opened.pty) return [];
  const reader = readerOf(target.opened);
  return [reader ? observePiped(tools, target, recorder, reader) : observeBulk(target, recorder)];
}

const readerOf = ({ kind, command = '' }: ChannelOpen): InputReader | undefined => (kind === 'exec' ? inputReader(command) : 'shell');

/** Writes what `reader` reads into the recording as commands, and what is none as gaps. */
export function observePiped(tools: TapTools, target: TapTarget, recorder: ChannelRecorder, reader: InputReader): Observer {
  const write = factWriter(FrameKind.command, recorder, tools, target);
  const piped = new PipedInput({
    reader,
    isSecretFirst: secretInput(target.opened.command ?? '') !== 'none',
    clock: tools.clock,
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

/** Counts and hashes what is sent. */
function observeBulk({ opened }: TapTarget, recorder: ChannelRecorder): Observer {
  const bulk = new BulkInput(recorder, secretInput(opened.command ?? ''));
  return {
    ...unobserved,
    input: (data) => bulk.input(data),
    close: () => Promise.resolve(bulk.close()),
  };
}
