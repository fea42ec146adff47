import { toAppError } from '@sallyport/errors';
import type { ObjectStore } from '@sallyport/object-store';
import type { Metrics } from '@sallyport/telemetry';

/** The calls of a store whose failures are counted. */
const CALLS = ['put', 'putFirst', 'get', 'head', 'list', 'delete'] as const satisfies readonly (keyof ObjectStore)[];

/** Returns the store with its failures counted. An object that is not there does not count. */
export function countStoreFailures(store: ObjectStore, metrics: Metrics): ObjectStore {
  const failures = metrics.counter('recorder_store_failures_total', 'Calls of the store of recordings that failed', ['call']);
  const counted = Object.create(store) as Record<string, unknown>;
  for (const call of CALLS) {
    // An alert sees a first failure only behind a 0.
    failures.inc({ call }, 0);
    counted[call] = (...values: never[]): Promise<unknown> =>
      (store[call] as (...values: never[]) => Promise<unknown>).apply(store, values).catch((error: unknown) => {
        if (toAppError(error).kind !== 'not_found') failures.inc({ call });
        throw error;
      });
  }
  return counted as unknown as ObjectStore;
}
