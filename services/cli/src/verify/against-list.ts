import { CommandRowsCheck } from './check-command-rows.js';
import type { FrameWatcher } from './check-parts.js';
import type { SessionRows } from './command-rows.js';
import type { Findings } from './findings.js';
import type { ListedSession } from './session-list.js';

/** The recording of a session, as a store has it. */
export interface FoundRecording {
  readonly sessionId: string;
  /** "open": no manifest covers its newest frames. */
  readonly state: 'closed' | 'lost' | 'open';
  readonly lastSeq: number;
  /** Link of the frame that the list names, hex; undefined if the recording has no such frame or was not read. */
  readonly link: string | undefined;
}

/** Time that a recorder has to close the recording of an ended session. */
const CLOSE_MS = 600_000;

/** Compares recordings with core's list of sessions, which neither the store nor a recorder can write, and with rows of the command log. */
export class AgainstList {
  private readonly unseen: Set<string>;

  constructor(
    /** Undefined without a list. */
    private readonly sessions: ReadonlyMap<string, ListedSession> | undefined,
    private readonly now: number,
    private readonly rows: ReadonlyMap<string, SessionRows> = new Map(),
  ) {
    this.unseen = new Set(sessions?.keys());
  }

  /** Returns the frame whose link is compared; undefined if core knows none. */
  frameOf(sessionId: string): number | undefined {
    return this.sessions?.get(sessionId)?.last_seq ?? undefined;
  }

  /** Returns the check of the session's rows of the command log; undefined if there are none. */
  rowsCheck(sessionId: string): FrameWatcher | undefined {
    const rows = this.rows.get(sessionId);
    return rows && new CommandRowsCheck(rows);
  }

  /** Returns the problems of a recording that is there. */
  problems(found: FoundRecording): string[] {
    this.unseen.delete(found.sessionId);
    const listed = this.sessions?.get(found.sessionId);
    return listed === undefined ? [] : [...this.lengths(listed, found), ...this.links(listed, found), ...this.states(listed, found)];
  }

  /** Returns what is worth knowing about a recording that is there, beside its problems. */
  notes(sessionId: string): string[] {
    if (!this.sessions || this.sessions.has(sessionId)) return [];
    return ['its session is not in the list: it is of another organization, or began after core made the list'];
  }

  /** Returns the findings about listed sessions without a recording. Call it when every recording of the store was compared. */
  *missing(): Generator<Findings> {
    for (const id of this.unseen) {
      const { user, account, asset, date_start, last_seq } = this.sessions!.get(id)!;
      if (last_seq === null) continue; // Nothing was stored: the session ended, or was lost, before.
      yield {
        label: `session ${id}`,
        verdict: 'failed',
        signedBy: undefined,
        summary: `${user} on ${account}@${asset} from ${date_start}`,
        problems: [`its recording is missing: core knows of ${last_seq} frames`],
        notes: [],
      };
    }
  }

  private lengths({ last_seq, state }: ListedSession, found: FoundRecording): string[] {
    if (last_seq === null) return [];
    if (found.lastSeq < last_seq) return [`it was shortened: core knows of ${last_seq} frames, it has ${found.lastSeq}`];
    // The gateway of a lost session may have sent frames after its last report.
    const isGrown = found.lastSeq > last_seq && state !== 'lost' && state !== 'active';
    return isGrown ? [`it has ${found.lastSeq} frames, the gateway sent ${last_seq}: frames were added`] : [];
  }

  private links({ last_seq, link }: ListedSession, found: FoundRecording): string[] {
    if (link === null || found.link === undefined || found.link === link) return [];
    return [`it is not the recording that was made: the hash chain at frame ${last_seq} is another than core knows`];
  }

  private states({ state, date_end }: ListedSession, found: FoundRecording): string[] {
    const isOver = state !== 'active' && date_end !== null && this.now - Date.parse(date_end) > CLOSE_MS;
    return isOver && found.state === 'open' ? [`its session ended at ${date_end}, and it is not closed`] : [];
  }
}
