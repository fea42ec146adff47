import type { Clock, Timer } from '@sallyport/context';

/** A connection that waits for its turn. */
export interface Arrival {
  readonly address: string;
  readonly place: { readonly source: string };
  /** True once it is closed. */
  readonly isOver: boolean;
}

/** Milliseconds that a source pays for a connection: 50 connections a second. */
const PRICE_MS = 20;
/** A source may open so many connections at once after a rest. */
const BURST = 100;
const CLEANUP_MS = 10_000;

interface Source<T> {
  /** The time at which all connections of the source are paid. */
  paidAt: number;
  /** The newest last. */
  readonly waiting: T[];
  wakeUp: Timer | undefined;
}

/**
 * Serves the connections of each source at a bounded pace, the newest first: a flood of one source costs others no processor time. A client
 * that signs in gets its price back, so that a source may sign in as often as it likes.
 */
export class ArrivalPace<T extends Arrival> {
  private readonly sources = new Map<string, Source<T>>();
  private cleanedAt = 0;

  constructor(
    private readonly isExempt: (address: string) => boolean,
    private readonly clock: Clock,
    private readonly serve: (connection: T) => void,
  ) {}

  /** Serves a connection, at once if its source keeps the pace. */
  receive(connection: T): void {
    if (this.isExempt(connection.address)) return this.serve(connection);
    const now = this.clock.monotonic();
    const source = this.sources.get(connection.place.source) ?? { paidAt: now, waiting: [], wakeUp: undefined };
    this.sources.set(connection.place.source, source);
    source.waiting.push(connection);
    this.serveNext(source);
    if (now - this.cleanedAt > CLEANUP_MS) this.forgetPaid(now);
  }

  /** Returns the price of a connection to its source. */
  signedIn(name: string): void {
    const source = this.sources.get(name);
    if (source === undefined) return;
    source.paidAt -= PRICE_MS;
    this.serveNext(source);
  }

  private serveNext(source: Source<T>): void {
    source.wakeUp?.cancel();
    for (;;) {
      const connection = newestOpen(source.waiting);
      if (connection === undefined) return;
      const now = this.clock.monotonic();
      const wait = source.paidAt - BURST * PRICE_MS - now;
      if (wait > 0) return void (source.wakeUp = this.clock.timeout(wait, () => this.serveNext(source)));
      source.waiting.pop();
      source.paidAt = Math.max(source.paidAt, now) + PRICE_MS;
      this.serve(connection);
    }
  }

  private forgetPaid(now: number): void {
    this.cleanedAt = now;
    for (const [name, { paidAt, waiting }] of this.sources) if (paidAt <= now && waiting.length === 0) this.sources.delete(name);
  }
}

/** Returns the newest open connection, which stays where it is. Forgets the closed ones. */
function newestOpen<T extends Arrival>(waiting: T[]): T | undefined {
  if (waiting.at(-1)?.isOver === true || waiting[0]?.isOver === true)
    waiting.splice(0, waiting.length, ...waiting.filter(({ isOver }) => !isOver));
  return waiting.at(-1);
}
