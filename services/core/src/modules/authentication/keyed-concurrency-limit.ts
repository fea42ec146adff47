import { KeyedSemaphore, type KeyedSemaphoreLimits } from '@sallyport/context';

/** Limits the work that runs at once, in all and per key. */
export class KeyedConcurrencyLimit {
  readonly #semaphore: KeyedSemaphore;

  /** `refuse` returns the error for work beyond the limits. */
  constructor(
    limits: KeyedSemaphoreLimits,
    private readonly refuse: () => Error,
  ) {
    this.#semaphore = new KeyedSemaphore(limits);
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const permit = this.#semaphore.tryAcquire(key);
    if (!permit) throw this.refuse();
    try {
      return await work();
    } finally {
      permit.release();
    }
  }
}
