import { createHash } from 'node:crypto';
import type { ChannelOpen } from '@sallyport/recording-format';
import { systemClock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { MemoryRecording } from '../../test/memory-recordings.js';
import type { TapDeps } from './channel-tap.js';
import { createTapMaker } from './tap-maker.js';

export const sha = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** Returns a tap on a channel without a terminal, with the recording that it writes and the warnings that it logs. */
export function aTappedChannel(opened: ChannelOpen, maxOutputBytes = 0, changes: Partial<TapDeps> = {}) {
  const recording = new MemoryRecording({} as never, 'strict');
  const warnings: string[] = [];
  const note = (_facts: unknown, message: string): void => void warnings.push(message);
  const logger = { warn: note, error: note } as unknown as Logger;
  const deps: TapDeps = { clock: systemClock, logger, pool: undefined as never, ...changes };
  const tap = createTapMaker(deps)({
    recording,
    channel: 1,
    opened,
    outputLimit: { bytes: maxOutputBytes },
    startedAtMs: systemClock.now(),
    sessionId: 's-1',
  });
  return { recording, warnings, tap };
}

export const anExec = (command: string, maxOutputBytes = 0) => aTappedChannel({ kind: 'exec', command }, maxOutputBytes);
