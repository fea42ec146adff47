import { Injectable } from '@nestjs/common';
import { sessionEnded, sessionStarted } from '@sallyport/bus';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { AuditLog } from '../audits/index.js';
import { Outbox } from '../outbox/index.js';
import type { SessionEndReason } from './session.entity.js';
import { stateAfterClose } from './session.machine.js';
import { sessionName } from './session-name.js';
import { SessionRepository, type NewSession, type Session } from './session.repository.js';
import { endReasonToPb } from './session.wire.js';

/** The last frame of a recording: its number, 0 if it is not known, and its link in the hash chain, hex, "" if it is not known. */
export interface RecordingEnd {
  readonly lastSeq: bigint;
  readonly link: string;
}

/** The end of a session, as its gateway or the lease reaper reports it. */
export interface SessionClosing {
  readonly reason: SessionEndReason;
  readonly endedAt: Date;
  /** Undefined if the gateway died: what it reported before stays. */
  readonly recording: RecordingEnd | undefined;
  readonly detail: string;
}

/** Opens and closes sessions: row, audit event and published fact, all or none. The module `access` alone decides about access. */
@Injectable()
export class SessionLifecycle {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  find(ctx: Ctx, id: string): Promise<Session | undefined> {
    return this.sessions.findHeld(ctx, id);
  }

  /** Opens a session in the running transaction. Returns false and changes nothing if a session of this id exists already. */
  async open(ctx: OrgCtx, session: NewSession): Promise<boolean> {
    if (!(await this.sessions.add(ctx, session))) return false;
    const { id: sessionId, orgId, userId, assetId, accountId, dateStart: startedAt } = session;
    await this.outbox.add(ctx, sessionStarted, { sessionId, orgId, userId, assetId, accountId, startedAt }, sessionId);
    await this.auditOpened(ctx, session);
    return true;
  }

  /** Stores the fingerprint of the host key that the asset proved. */
  async recordHostKey(ctx: OrgCtx, id: string, fingerprint: string): Promise<void> {
    await this.sessions.recordHostKey(ctx, id, fingerprint);
  }

  /** Closes a session that the running transaction has locked. Returns false if it was closed before. */
  async close(ctx: OrgCtx, session: Session, { reason, endedAt, recording, detail }: SessionClosing): Promise<boolean> {
    const state = stateAfterClose(session.state, reason);
    if (state === undefined || state === 'active') return false;
    const dateEnd = endedAt < session.dateStart ? session.dateStart : endedAt;
    const known = recordingOf(session, recording);
    await this.sessions.close(ctx, session.id, { state, endReason: reason, dateEnd, ...known, detail });
    const { lastSeq, recordingLink } = known;
    const link = Buffer.from(recordingLink ?? '', 'hex');
    const fact = {
      sessionId: session.id,
      orgId: session.orgId,
      reason: endReasonToPb(reason),
      endedAt: dateEnd,
      lastSeq: lastSeq ?? 0n,
      link,
    };
    await this.outbox.add(ctx, sessionEnded, fact, session.id);
    await this.auditClosed(ctx, { ...session, ...known }, reason, detail);
    return true;
  }

  private async auditOpened(ctx: OrgCtx, session: NewSession): Promise<void> {
    const { username, userId, sourceIp, assetName: asset, account, address, permissionId: permission, gatewayId: gateway } = session;
    await this.audit.write(ctx, {
      type: 'session.opened',
      outcome: 'success',
      actor: { userId, username, sourceIp },
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { asset, account, address, permission, gateway },
    });
  }

  private async auditClosed(ctx: OrgCtx, session: Session, reason: SessionEndReason, detail: string): Promise<void> {
    const { id, username: user, assetName: asset, account, lastSeq, recordingLink } = session;
    // Bound into the audit chain, so that neither the recording nor the row can be rewritten alone.
    const recording = { last_seq: lastSeq === null ? null : Number(lastSeq), link: recordingLink };
    await this.audit.write(ctx, {
      type: 'session.closed',
      outcome: 'success',
      resource: { kind: 'session', id, name: sessionName(session) },
      facts: { reason, detail, user, asset, account, recording },
    });
  }
}

/** Returns the columns of a recording's end: as reported now, or else as known from before. */
function recordingOf(session: Session, end: RecordingEnd | undefined): Pick<Session, 'lastSeq' | 'recordingLink'> {
  if (end === undefined || end.lastSeq === 0n) return { lastSeq: session.lastSeq, recordingLink: session.recordingLink };
  return { lastSeq: end.lastSeq, recordingLink: end.link || null };
}
