/** Bounds of a KeyedSemaphore: permits in all, and permits of one key. */
export interface KeyedSemaphoreLimits {
  readonly total: number;
  readonly perKey: number;
}

/** A permit that is held. A second `release` changes nothing. */
export interface Permit {
  release(): void;
}

/** A counting semaphore with a bound for each key too, so that one key cannot hold the permits of all others. */
export class KeyedSemaphore {
  private readonly heldByKey = new Map<string, number>();
  private total = 0;

  constructor(private readonly limits: KeyedSemaphoreLimits) {}

  /** Returns the number of permits that are held. */
  get held(): number {
    return this.total;
  }

  /** Returns a permit, or undefined if all permits or all permits of this key are held. */
  tryAcquire(key: string): Permit | undefined {
    const heldByThis = this.heldByKey.get(key) ?? 0;
    if (this.total >= this.limits.total || heldByThis >= this.limits.perKey) return undefined;
    this.heldByKey.set(key, heldByThis + 1);
    this.total += 1;
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.release(key);
        isHeld = false;
      },
    };
  }

  private release(key: string): void {
    this.total -= 1;
    const left = (this.heldByKey.get(key) ?? 1) - 1;
    if (left > 0) this.heldByKey.set(key, left);
    else this.heldByKey.delete(key);
  }
}
