/** Something that holds a session on this recorder. */
export interface SessionHolder {
  /** Somebody else has the session now. */
  abandon(): void;
}

/** Which sessions this recorder is being sent right now. The one that came last has a session; the one before is abandoned. */
export class ActiveSessions {
  private readonly holders = new Map<string, SessionHolder>();

  /** Takes a session over from whoever has it on this recorder. */
  claim(sessionId: string, holder: SessionHolder): void {
    this.holders.get(sessionId)?.abandon();
    this.holders.set(sessionId, holder);
  }

  /** Lets a session go, if this holder still has it. */
  release(sessionId: string, holder: SessionHolder): void {
    if (this.holders.get(sessionId) === holder) this.holders.delete(sessionId);
  }

  isActive(sessionId: string): boolean {
    return this.holders.has(sessionId);
  }

  get count(): number {
    return this.holders.size;
  }
}
