import { Places, type PlaceLimits } from '@sallyport/context';

/** Limits the work that runs at once, in all and per key. */
export class KeyedConcurrencyLimit {
  readonly #places: Places;

  /** `refuse` returns the error for work beyond the limits. */
  constructor(
    limits: PlaceLimits,
    private readonly refuse: () => Error,
  ) {
    this.#places = new Places(limits);
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const place = this.#places.admit(key);
    if (!place) throw this.refuse();
    try {
      return await work();
    } finally {
      place.release();
    }
  }
}
