import type { Clock, Timer } from '@sallyport/context';

/** The limit that was reached. */
export type LimitReached = 'idle' | 'max-duration';

export interface SessionLimits {
  idleTimeoutMs: number | undefined;
  expiresAt: Date | undefined;
}

/** Watches the idle time and the duration of a session. Node's longest timer is 24.8 days; longer limits are checked again each day. */
export class LimitWatch {
  private lastActivity: number;
  private timers: (Timer | undefined)[] = [];

  constructor(
    private readonly limits: SessionLimits,
    private readonly clock: Clock,
    private readonly reached: (limit: LimitReached) => void,
  ) {
    this.lastActivity = clock.monotonic();
    this.watchIdle();
    this.watchExpiry();
  }

  /** Restarts the idle time: there was activity. */
  touch(): void {
    this.lastActivity = this.clock.monotonic();
  }

  stop(): void {
    for (const timer of this.timers) timer?.cancel();
  }

  /** Checks the idle time. One timer per session, not one per keystroke: when it fires it is set again for the time that is left. */
  private watchIdle(): void {
    const { idleTimeoutMs } = this.limits;
    if (idleTimeoutMs === undefined) return;
    const leftMs = this.lastActivity + idleTimeoutMs - this.clock.monotonic();
    if (leftMs <= 0) return this.reached('idle');
    this.timers[0] = this.clock.timeout(Math.min(leftMs, MAX_TIMER_MS), () => this.watchIdle());
  }

  private watchExpiry(): void {
    const { expiresAt } = this.limits;
    if (!expiresAt) return;
    const leftMs = expiresAt.getTime() - this.clock.now();
    if (leftMs <= 0) return this.reached('max-duration');
    this.timers[1] = this.clock.timeout(Math.min(leftMs, MAX_TIMER_MS), () => this.watchExpiry());
  }
}

const MAX_TIMER_MS = 86_400_000;
