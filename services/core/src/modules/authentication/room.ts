import { KeyedSemaphore, type KeyedSemaphoreLimits } from '@sallyport/context';

/** Bounds what is under way at once, in all and of one key; beyond that `refuse` makes the error. */
export class Room {
  readonly #places: KeyedSemaphore;

  constructor(
    limits: KeyedSemaphoreLimits,
    private readonly refuse: () => Error,
  ) {
    this.#places = new KeyedSemaphore(limits);
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const place = this.#places.tryAcquire(key);
    if (!place) throw this.refuse();
    try {
      return await work();
    } finally {
      place.release();
    }
  }
}
