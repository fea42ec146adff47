import { Injectable } from '@nestjs/common';
import { inOrg, printableLine, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { AuditLog } from '../audits/index.js';
import { sessionName } from './session-name.js';
import { sessionNotFound } from './session.errors.js';
import { SessionRepository, type Session } from './session.repository.js';

/** A closed recording that is not what core knows of its session, as a recorder found it. */
export interface AlteredRecording {
  readonly sessionId: string;
  readonly why: string;
  readonly known: { readonly lastSeq: bigint; readonly link: string };
  readonly found: { readonly lastSeq: bigint; readonly link: string };
}

/** A longer reason is cut: operators read it in a list. */
const WHY_CHARS = 500;

@Injectable()
export class NoteAlteredRecording {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Notes an altered recording with its session and in the audit log. A second report of the same changes nothing. Throws SESSION_NOT_FOUND. */
  async note(ctx: Ctx, altered: AlteredRecording): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const session = await this.sessions.lockHeld(inside, altered.sessionId);
      if (!session) throw sessionNotFound(altered.sessionId);
      const why = printableLine(altered.why, WHY_CHARS);
      const note = `recording altered: ${why}`;
      if (session.detail.includes(note)) return;
      const own = inOrg(inside, session.orgId);
      await this.sessions.noteDetail(own, session.id, session.detail === '' ? note : `${session.detail}; ${note}`);
      await this.audit.write(own, auditEvent(session, { ...altered, why }));
    });
  }
}

const auditEvent = (session: Session, { why, known, found }: AlteredRecording) => ({
  type: 'session.recording-altered' as const,
  outcome: 'success' as const,
  resource: { kind: 'session' as const, id: session.id, name: sessionName(session) },
  facts: {
    ...{ why, user: session.username, asset: session.assetName, account: session.account, found_by: 'recorder' },
    known: { last_seq: Number(known.lastSeq), link: known.link },
    found: { last_seq: Number(found.lastSeq), link: found.link },
  },
});
