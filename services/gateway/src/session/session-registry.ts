import type { SessionEnd } from './session-end.js';
import type { Session } from './session.js';

/** The sessions of this process, from their grant until core knows that they have ended. */
export class SessionRegistry {
  private readonly sessions = new Map<string, Session>();
  /** Sessions whose end core does not know yet. */
  private readonly over = new Set<Session>();
  private readonly notified = new WeakSet<Session>();
  private emptied = Promise.withResolvers<void>();

  add(session: Session): void {
    this.sessions.set(session.facts.sessionId, session);
  }

  /** Records that a session is over and its recording complete. It stays until core knows. */
  markOver(session: Session): void {
    if (this.get(session.facts.sessionId) === session) this.over.add(session);
  }

  /** Removes a session whose end core has recorded. */
  remove(session: Session): void {
    this.sessions.delete(session.facts.sessionId);
    this.over.delete(session);
    if (this.sessions.size > 0) return;
    this.emptied.resolve();
    this.emptied = Promise.withResolvers();
  }

  /** Returns the ids to renew. Ended sessions are among them until core knows: it would close them as lost. */
  ids(): string[] {
    return [...this.sessions.keys()];
  }

  all(): Session[] {
    return [...this.sessions.values()];
  }

  get(sessionId: string): Session | undefined {
    return this.sessions.get(sessionId);
  }

  get size(): number {
    return this.sessions.size;
  }

  /** Returns the number of open channels of all sessions. */
  channels(): number {
    return this.all().reduce((sum, session) => sum + session.openChannels, 0);
  }

  /** Returns the number of sessions that are not over. */
  get liveCount(): number {
    return this.sessions.size - this.over.size;
  }

  /** Returns the shortest lease of all sessions, in milliseconds. */
  shortestLeaseMs(): number | undefined {
    const leases = [...this.sessions.values()].map((session) => session.facts.leaseMs);
    return leases.length > 0 ? Math.min(...leases) : undefined;
  }

  notifyAll(message: string): void {
    for (const session of this.sessions.values()) session.notify(message);
  }

  /** Notifies each session once, when it has a channel. */
  notifyOnce(message: string): void {
    for (const session of this.sessions.values()) {
      if (this.notified.has(session) || session.openChannels === 0) continue;
      this.notified.add(session);
      session.notify(message);
    }
  }

  endAll(end: SessionEnd): void {
    for (const session of this.sessions.values()) session.end(end);
  }

  /** Resolves when the registry is empty. */
  whenEmpty(): Promise<void> {
    return this.sessions.size === 0 ? Promise.resolve() : this.emptied.promise;
  }
}
