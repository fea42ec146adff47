import { backOffMs, type Clock } from '@sallyport/context';
import { AppError, toAppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { Command, CommandStore } from '../store/index.js';

/** Collaborators of storing. */
export interface StoringDeps {
  readonly store: Pick<CommandStore, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}

/** The service stopped before these commands were stored: they are delivered again. */
export class IndexerStopping extends AppError {
  readonly code = 'INDEXER_STOPPING';
  readonly kind = 'unavailable';
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** A command that a working store puts off this often returns to the queue, so that it does not delay the others. */
const ROUNDS = 5;

/** Stores commands and returns, by command id, the errors of those that were not stored. Waits for an unavailable store. Throws IndexerStopping. */
export async function storePatiently(deps: StoringDeps, commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> {
  const failed = new Map<string, AppError>();
  let waiting = commands;
  for (let round = 0; round < ROUNDS && waiting.length > 0; round++) {
    if (round > 0) await pause(deps, round - 1);
    const failures = await addOnceThere(deps, waiting);
    for (const { id } of waiting) {
      const error = failures.get(id);
      if (error) failed.set(id, error);
      else failed.delete(id);
    }
    waiting = waiting.filter(({ id }) => failed.get(id)?.kind === 'unavailable');
  }
  return failed;
}

/** Retries until the store is available: returning the batch to the queue would only turn the queue over again and again. */
async function addOnceThere(deps: StoringDeps, commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> {
  for (let tries = 0; ; tries++) {
    try {
      return await deps.store.add(commands);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind !== 'unavailable') throw error;
      if (tries === 0) deps.logger.warn({ problem: error.message, commands: commands.length }, 'commands wait for the store');
      await pause(deps, tries);
    }
  }
}

async function pause({ clock, signal }: StoringDeps, tries: number): Promise<void> {
  try {
    await clock.sleep(backOffMs(tries, FIRST_WAIT_MS, LONGEST_WAIT_MS), signal);
  } catch (cause) {
    throw new IndexerStopping('The indexer stops before the store took these commands', {}, { cause });
  }
}
