import { createHash } from 'node:crypto';
import type { ChannelOpen } from '@sallyport/recording-format';
import { systemClock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { MemoryRecording } from '../../test/memory-recordings.js';
import type { TapTools } from './channel-tap.js';
import { createTapMaker } from './tap-maker.js';

export const sha = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** A channel without a terminal under its tap, and what that leaves. */
export function aTappedChannel(opened: ChannelOpen, maxOutputBytes = 0) {
  const recording = new MemoryRecording({} as never, 'strict');
  const warnings: string[] = [];
  const note = (_facts: unknown, words: string): void => void warnings.push(words);
  const logger = { warn: note, error: note } as unknown as Logger;
  const tools: TapTools = { clock: systemClock, logger, pool: undefined as never };
  const tap = createTapMaker(tools)({ recording, channel: 1, opened, maxOutputBytes, startedAtMs: systemClock.now(), sessionId: 's-1' });
  return { recording, warnings, tap };
}

export const anExec = (command: string, maxOutputBytes = 0) => aTappedChannel({ kind: 'exec', command }, maxOutputBytes);
