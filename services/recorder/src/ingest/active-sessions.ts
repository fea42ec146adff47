/** An object that holds a session on this recorder. */
export interface SessionHolder {
  /** Ends the hold: another holder has the session now. */
  abandon(): void;
}

/** The sessions that this recorder receives. The latest holder has a session; the one before is abandoned. */
export class ActiveSessions {
  private readonly holders = new Map<string, SessionHolder>();

  /** Takes a session over from its present holder on this recorder. */
  claim(sessionId: string, holder: SessionHolder): void {
    this.holders.get(sessionId)?.abandon();
    this.holders.set(sessionId, holder);
  }

  /** Releases a session, if this holder still has it. */
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
