/** How many bytes the process may hold for frames that are not stored yet. Whoever is over it stops reading from gateways. */
export class ByteBudget {
  private held = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly limitBytes: number) {}

  /** Bytes held now. */
  get heldBytes(): number {
    return this.held;
  }

  take(bytes: number): void {
    this.held += bytes;
  }

  give(bytes: number): void {
    this.held -= bytes;
    if (this.held >= this.limitBytes) return;
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Resolves when less than the limit is held, or when the signal fires. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.held >= this.limitBytes && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
  }
}
