import type { Clock } from './clock.js';

const MINUTE_MS = 60_000;

/** Counts the key exchanges that a peer starts, minute by minute. */
export class RekeyBudget {
  private since = -Infinity;
  private spent = 0;

  constructor(
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one key exchange. Returns false if the minute has had all of them already. */
  spend(): boolean {
    const now = this.clock.now();
    if (now - this.since >= MINUTE_MS) {
      this.since = now;
      this.spent = 0;
    }
    this.spent += 1;
    return this.spent <= this.perMinute;
  }
}
