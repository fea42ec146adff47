import { backOffMs, type Clock } from '@sallyport/context';
import { AppError, toAppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { Command, CommandStore } from '../store/index.js';

/** What storing stands on. */
export interface PatientStoring {
  readonly store: Pick<CommandStore, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}

/** What was not stored yet when the service was told to stop: it comes again. */
export class IndexerStopping extends AppError {
  readonly code = 'INDEXER_STOPPING';
  readonly kind = 'unavailable';
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** A command that a working store puts off this often goes back to the queue, so that it holds up no others. */
const ROUNDS = 5;

/** Stores commands and gives back, by command id, the ones that were not. A store that is away is waited for. Throws IndexerStopping. */
export async function storePatiently(parts: PatientStoring, commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> {
  const failed = new Map<string, AppError>();
  let waiting = commands;
  for (let round = 0; round < ROUNDS && waiting.length > 0; round++) {
    if (round > 0) await pause(parts, round - 1);
    const failures = await addOnceThere(parts, waiting);
    for (const { id } of waiting) {
      const error = failures.get(id);
      if (error) failed.set(id, error);
      else failed.delete(id);
    }
    waiting = waiting.filter(({ id }) => failed.get(id)?.kind === 'unavailable');
  }
  return failed;
}

/** Tries until the store is there: giving the batch back to the queue would only turn the queue over, again and again. */
async function addOnceThere(parts: PatientStoring, commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> {
  for (let tries = 0; ; tries++) {
    try {
      return await parts.store.add(commands);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind !== 'unavailable') throw error;
      if (tries === 0) parts.logger.warn({ problem: error.message, commands: commands.length }, 'commands wait for the store');
      await pause(parts, tries);
    }
  }
}

async function pause({ clock, signal }: PatientStoring, tries: number): Promise<void> {
  try {
    await clock.sleep(backOffMs(tries, FIRST_WAIT_MS, LONGEST_WAIT_MS), signal);
  } catch (cause) {
    throw new IndexerStopping('The indexer stops before the store took these commands', {}, { cause });
  }
}
