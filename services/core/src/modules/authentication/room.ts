/** Bounds what is under way at once, in all and of one key; beyond that `refuse` makes the error. */
export class Room {
  readonly #inside = new Map<string, number>();
  #count = 0;

  constructor(
    private readonly limits: { readonly total: number; readonly perKey: number },
    private readonly refuse: () => Error,
  ) {}

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = this.#inside.get(key) ?? 0;
    if (this.#count >= this.limits.total || mine >= this.limits.perKey) throw this.refuse();
    this.#count += 1;
    this.#inside.set(key, mine + 1);
    try {
      return await work();
    } finally {
      this.leave(key);
    }
  }

  private leave(key: string): void {
    this.#count -= 1;
    const left = (this.#inside.get(key) ?? 1) - 1;
    if (left === 0) this.#inside.delete(key);
    else this.#inside.set(key, left);
  }
}
