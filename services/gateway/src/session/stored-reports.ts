import type { StoredRecording } from '@sallyport/proto-gen/access/v1/lease';
import type { SessionRegistry } from './session-registry.js';

/**
 * Reports to core what recorders have stored of running recordings, each position once. So core knows the length and the hash chain of a
 * recording also after the gateway's death.
 */
export class StoredReports {
  private readonly reported = new Map<string, bigint>();

  constructor(private readonly registry: Pick<SessionRegistry, 'all'>) {}

  /** Returns the positions that core does not know yet. */
  due(): StoredRecording[] {
    return this.registry.all().flatMap(({ facts: { sessionId }, recording }) => {
      const stored = recording.stored();
      if (stored === undefined || stored.lastSeq <= (this.reported.get(sessionId) ?? 0n)) return [];
      return [{ sessionId, ...stored }];
    });
  }

  /** Notes that core has these positions, and forgets sessions that are over. */
  confirm(positions: readonly StoredRecording[]): void {
    for (const { sessionId, lastSeq } of positions) this.reported.set(sessionId, lastSeq);
    const running = new Set(this.registry.all().map(({ facts }) => facts.sessionId));
    for (const sessionId of this.reported.keys()) if (!running.has(sessionId)) this.reported.delete(sessionId);
  }
}
