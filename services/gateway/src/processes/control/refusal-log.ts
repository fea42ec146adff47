import type { Clock } from '@sallyport/context';

const EVERY_MS = 10_000;

/** Logs that connections are refused, and how many, at most once in ten seconds: a flood of connections must not flood the log. */
export class RefusalLog {
  private count = 0;
  private loggedAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly log: (fact: { source: string; refused: number }) => void,
  ) {}

  /** Counts a refused connection of this source. */
  refused(source: string): void {
    this.count += 1;
    if (this.clock.monotonic() - this.loggedAt < EVERY_MS) return;
    this.log({ source, refused: this.count });
    this.count = 0;
    this.loggedAt = this.clock.monotonic();
  }
}
