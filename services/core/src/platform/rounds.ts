import type { Clock, Timer } from '@sallyport/context';

/** Work that is done again and again, one round at a time: while one goes on, the next is left out. */
export class Rounds {
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;

  /** @param round rejects never: what goes wrong in one is its own to tell. */
  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly round: () => Promise<void>,
  ) {}

  /** The first round comes after one interval; `go` makes one at once. */
  start(): void {
    this.#timer = this.clock.interval(this.everyMs, () => this.go());
  }

  /** A round now, unless one goes on. */
  go(): void {
    this.#running ??= this.round().finally(() => (this.#running = undefined));
  }

  /** No more rounds; resolves when the one that goes on is over. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#running;
  }
}
