import type { Clock } from '@sallyport/context';

const EVERY_MS = 10_000;

/** Says that connections are refused, and how many, without a line for each: a flood must not become one of the log. */
export class RefusalLog {
  private count = 0;
  private saidAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly say: (fact: { source: string; refused: number }) => void,
  ) {}

  /** One more, from there. */
  refused(source: string): void {
    this.count += 1;
    if (this.clock.monotonic() - this.saidAt < EVERY_MS) return;
    this.say({ source, refused: this.count });
    this.count = 0;
    this.saidAt = this.clock.monotonic();
  }
}
