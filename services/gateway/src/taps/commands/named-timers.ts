import type { Clock, Timer } from '@sallyport/context';

/** Timers by name, at most one of each. An exception in one is reported, not thrown. */
export class NamedTimers<Name extends string> {
  private readonly timers = new Map<Name, Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Calls `call` after `ms`, in place of the earlier call of that name. */
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
