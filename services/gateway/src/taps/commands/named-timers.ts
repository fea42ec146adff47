import type { Clock, Timer } from '@sallyport/context';

/** At most one timer of each name; what fails in one is told, not thrown. */
export class NamedTimers<Name extends string> {
  private readonly timers = new Map<Name, Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Calls after `ms`, instead of what the name's timer was to call before. */
  after(name: Name, ms: number, call: () => void): void {
    this.cancel(name);
    const guarded = (): void => {
      try {
        call();
      } catch (error) {
        this.failed(error);
      }
    };
    this.timers.set(name, this.clock.timeout(ms, guarded));
  }

  cancel(name: Name): void {
    this.timers.get(name)?.cancel();
  }

  cancelAll(): void {
    for (const timer of this.timers.values()) timer.cancel();
  }
}
