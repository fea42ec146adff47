import { indexerCommands, type Bus, type Consuming, type Received } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import { toAppError, type AppError } from '@sallyport/errors';
import type { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { Logger, Metrics } from '@sallyport/telemetry';
import type { Command, CommandStore } from '../store/index.js';
import { commandFromEvent } from './command-from-event.js';
import type { IndexingMetrics } from './indexing-metrics.js';
import { storePatiently } from './store-patiently.js';

/** Collaborators of the consumer. */
export interface ConsumerDeps {
  readonly bus: Pick<Bus, 'consume'>;
  readonly store: Pick<CommandStore, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: IndexingMetrics;
  /** The metrics of the process, which show what waits. */
  readonly processMetrics?: Metrics;
}

const BATCH_SIZE = 500;
const LONGEST_BACK_OFF_MS = 10_000;

/** Stores recorded commands until stopped. A command is acknowledged after it is stored, so one that comes twice is stored once. */
export function consumeCommands(deps: ConsumerDeps): Consuming {
  const stop = new AbortController();
  const consuming = deps.bus.consume({
    consumer: indexerCommands,
    ...(deps.processMetrics && { metrics: deps.processMetrics }),
    batchSize: BATCH_SIZE,
    // Only a command that can never be stored becomes a dead letter.
    maxDeliveries: 0,
    maxBackOffMs: LONGEST_BACK_OFF_MS,
    onDeadLetter: () => deps.metrics.failed('refused', 1),
    handle: (batch) => handleBatch(deps, stop.signal, batch),
  });
  return {
    async stop() {
      stop.abort();
      await consuming.stop();
    },
  };
}

async function handleBatch(
  deps: ConsumerDeps,
  signal: AbortSignal,
  batch: readonly Received<CommandRecorded>[],
): Promise<ReadonlyMap<string, AppError>> {
  const { commands, failures } = readBatch(batch);
  const failed = await storePatiently({ ...deps, signal }, [...commands.values()]);
  for (const [eventId, { id }] of commands) {
    const error = failed.get(id);
    if (error) failures.set(eventId, error);
  }
  countBatch(
    deps.metrics,
    [...commands.values()].filter(({ id }) => !failed.has(id)),
    failures,
  );
  return failures;
}

/** Returns the commands and the failures of a batch, both by event id. */
function readBatch(batch: readonly Received<CommandRecorded>[]): { commands: Map<string, Command>; failures: Map<string, AppError> } {
  const commands = new Map<string, Command>();
  const failures = new Map<string, AppError>();
  for (const { id, message } of batch) {
    try {
      commands.set(id, commandFromEvent(message));
    } catch (error) {
      failures.set(id, toAppError(error));
    }
  }
  return { commands, failures };
}

function countBatch(metrics: IndexingMetrics, stored: readonly Command[], failures: ReadonlyMap<string, AppError>): void {
  metrics.indexed(stored);
  metrics.failed('put off', [...failures.values()].filter(({ kind }) => kind !== 'invalid').length);
}
