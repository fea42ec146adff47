import type { Clock } from './clock.js';

/** The part of one core that a source may use all the time: about 200 logins a second with today's algorithms. */
const SHARE = 0.125;
/** Milliseconds of processor time that a source may use at once, after a rest. */
const BURST_MS = 100;
const CLEANUP_MS = 10_000;

/** A connection, or the address that several connections come from. */
export type WorkSource = object | string;

/** The processor time that each source may still use for expensive computations: a share of one core, and a burst after a rest. */
export class WorkBudgets {
  /** The time at which each address will have paid for all its computations. */
  private readonly addresses = new Map<string, number>();
  private readonly connections = new WeakMap<object, number>();
  private cleanedAt = 0;

  constructor(private readonly clock: Clock) {}

  /** Returns the milliseconds until the source may start a computation; 0 now. */
  waitMs(source: WorkSource): number {
    const paidAt = typeof source === 'string' ? this.addresses.get(source) : this.connections.get(source);
    return paidAt === undefined ? 0 : Math.max(0, paidAt - BURST_MS / SHARE - this.clock.now());
  }

  /** Takes the price of a computation, in milliseconds of processor time, from the budget of a source. */
  spend(source: WorkSource, price: number): void {
    const now = this.clock.now();
    const paidAt = (before = now): number => Math.max(before, now) + price / SHARE;
    if (typeof source !== 'string') return void this.connections.set(source, paidAt(this.connections.get(source)));
    this.addresses.set(source, paidAt(this.addresses.get(source)));
    if (now - this.cleanedAt > CLEANUP_MS) this.forgetPaid(now);
  }

  private forgetPaid(now: number): void {
    this.cleanedAt = now;
    for (const [source, paidAt] of this.addresses) if (paidAt <= now) this.addresses.delete(source);
  }
}
