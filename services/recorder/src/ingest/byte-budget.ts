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
    if (this.held < this.limitBytes) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort);
    if (!signal.aborted) this.waiting.push(resolve);
    await (signal.aborted ? undefined : promise);
    signal.removeEventListener('abort', onAbort);
    // Others were woken too, and may have taken the room.
    if (!signal.aborted) return this.room(signal);
  }
}
