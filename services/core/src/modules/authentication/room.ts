import { Places, type PlaceLimits } from '@sallyport/context';

/** Bounds what is under way at once, in all and of one key; beyond that `refuse` makes the error. */
export class Room {
  readonly #places: Places;

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
