import type { SessionEnd } from './session-end.js';
import type { Session } from './session.js';

/** The sessions of this process, from their grant until core knows that they ended. */
export class SessionRegistry {
  private readonly sessions = new Map<string, Session>();
  private emptied = Promise.withResolvers<void>();

  add(session: Session): void {
    this.sessions.set(session.facts.sessionId, session);
  }

  /** Core knows that it ended. */
  remove(session: Session): void {
    this.sessions.delete(session.facts.sessionId);
    if (this.sessions.size > 0) return;
    this.emptied.resolve();
    this.emptied = Promise.withResolvers();
  }

  /** Ids to be renewed: also of those that ended without core knowing yet, or it would call them lost. */
  ids(): string[] {
    return [...this.sessions.keys()];
  }

  get(sessionId: string): Session | undefined {
    return this.sessions.get(sessionId);
  }

  get size(): number {
    return this.sessions.size;
  }

  /** The shortest lease among them, milliseconds. */
  shortestLeaseMs(): number | undefined {
    const leases = [...this.sessions.values()].map((session) => session.facts.leaseMs);
    return leases.length > 0 ? Math.min(...leases) : undefined;
  }

  tellAll(words: string): void {
    for (const session of this.sessions.values()) session.tell(words);
  }

  endAll(end: SessionEnd): void {
    for (const session of this.sessions.values()) session.end(end);
  }

  /** Resolves when there is none. */
  whenEmpty(): Promise<void> {
    return this.sessions.size === 0 ? Promise.resolve() : this.emptied.promise;
  }
}
