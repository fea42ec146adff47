/**
 * Runs work of the same key one after the other, so that guesses sent side by side are counted like guesses sent in turn.
 * `limit` bounds the work that waits, over all keys; beyond it `refuse` returns the error.
 */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(
    private readonly limit: number,
    private readonly refuse: () => Error,
  ) {}

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.limit) throw this.refuse();
    this.#waiting += 1;
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work, work);
    const tail = turn.catch(() => undefined);
    this.#tails.set(key, tail);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
