/** How many places there are, and how many of them one key may take. */
export interface PlaceLimits {
  readonly total: number;
  readonly perKey: number;
}

/** One place that is taken; given back once, however often that is said. */
export interface Place {
  release(): void;
}

/** A bounded number of places, with a bound for each key too, so that nobody takes those of all others. */
export class Places {
  private readonly byKey = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: PlaceLimits) {}

  /** Places that are taken. */
  get taken(): number {
    return this.all;
  }

  /** A place; undefined when there is none for this key. */
  admit(key: string): Place | undefined {
    const mine = this.byKey.get(key) ?? 0;
    if (this.all >= this.limits.total || mine >= this.limits.perKey) return undefined;
    this.byKey.set(key, mine + 1);
    this.all += 1;
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.leave(key);
        isHeld = false;
      },
    };
  }

  private leave(key: string): void {
    this.all -= 1;
    const left = (this.byKey.get(key) ?? 1) - 1;
    if (left > 0) this.byKey.set(key, left);
    else this.byKey.delete(key);
  }
}
