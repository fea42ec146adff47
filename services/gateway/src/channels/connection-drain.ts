import type { Clock } from '@sallyport/context';

/** A client's connection, as far as a drain ends it. */
export interface DrainableConnection {
  /** True if the connection has, or had, a channel. */
  readonly hasHadChannel: boolean;
  /** Ends the menus with this message, and the connection if it has no channel. */
  leave(message: string): void;
}

interface Known {
  readonly since: number;
  /** True: a session has begun on the connection. Its sessions are waited for, and not the connection. */
  hasBegun: boolean;
}

/** Text for users without a session whose connection ends because the gateway drains. */
export const RESTARTING = 'This gateway is being restarted. Log in again in a moment.';
/** Connections that were accepted before the drain may sign in and begin their first session within this time of its start. */
const ARRIVE_MS = 10_000;
/** A client opens its first channel right after the sign-in. One without a channel for longer keeps the connection for later. */
const FRESH_MS = 5_000;

/**
 * Decides which connections a draining gateway still waits for. A login that began before the drain does not fail: the connection may sign in
 * and begin one session. Connections without a session, with a menu or without a channel, end at once.
 */
export class ConnectionDrain {
  private readonly arriving = new Set<object>();
  private readonly connections = new Map<object, Known>();
  private startedAt: number | undefined;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Records a socket whose client has not signed in. */
  accepted(socket: object): void {
    this.arriving.add(socket);
  }

  /** Records that the client of a socket has signed in, or that the socket is closed. */
  settled(socket: object): void {
    this.arriving.delete(socket);
  }

  /** Adds a connection whose client has signed in. Returns a function that removes it. */
  add(connection: DrainableConnection): () => void {
    this.connections.set(connection, { since: this.clock.monotonic(), hasBegun: false });
    return () => void this.connections.delete(connection);
  }

  /** Records that core has granted a session on this connection. */
  began(connection: object): void {
    const known = this.connections.get(connection);
    if (known) known.hasBegun = true;
  }

  start(): void {
    this.startedAt = this.clock.monotonic();
  }

  /** Returns the reason why no session begins on this connection now; undefined if one may. */
  refusal(connection: object): string | undefined {
    if (this.startedAt === undefined) return undefined;
    return this.isArrivalTime && this.connections.get(connection)?.hasBegun === false ? undefined : RESTARTING;
  }

  /** Ends menus, and connections that have no channel and expect none. */
  sweep(): void {
    const now = this.clock.monotonic();
    for (const [connection, { since }] of this.connections) {
      const one = connection as DrainableConnection;
      if (one.hasHadChannel || now - since > FRESH_MS || !this.isArrivalTime) one.leave(RESTARTING);
    }
  }

  /** Returns true while a login that began before the drain may still become a session. */
  get isAwaited(): boolean {
    if (!this.isArrivalTime) return false;
    return this.arriving.size > 0 || [...this.connections.values()].some(({ hasBegun }) => !hasBegun);
  }

  private get isArrivalTime(): boolean {
    return this.clock.monotonic() - (this.startedAt ?? 0) < ARRIVE_MS;
  }
}
