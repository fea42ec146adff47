import { backOffMs, type Clock } from '@sallyport/context';
import { StoreUnavailable } from '../store.errors.js';

const TRIES = 4;
const FIRST_MS = 150;
const MOST_MS = 2_000;

/** Repeats an idempotent call after a failure that may pass, a few times with growing pauses. */
export async function withRetries<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt + 1 >= TRIES) throw error;
      await clock.sleep(backOffMs(attempt, FIRST_MS, MOST_MS));
    }
  }
}
