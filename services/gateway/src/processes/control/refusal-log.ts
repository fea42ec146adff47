import type { Clock } from '@sallyport/context';

const EVERY_MS = 10_000;

/** Logs that connections are refused, why and how many, at most once in ten seconds: a flood of connections must not flood the log. */
export class RefusalLog {
  private counts = new Map<string, number>();
  private loggedAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly log: (fact: { source: string; refused: Record<string, number> }) => void,
  ) {}

  /** Counts a refused connection of this source. */
  refused(source: string, why: string): void {
    this.counts.set(why, (this.counts.get(why) ?? 0) + 1);
    if (this.clock.monotonic() - this.loggedAt < EVERY_MS) return;
    this.log({ source, refused: Object.fromEntries(this.counts) });
    this.counts = new Map();
    this.loggedAt = this.clock.monotonic();
  }
}
