import { Injectable } from '@nestjs/common';
import { sessionEnded } from '@sallyport/bus';
import type { Ctx, OrgCtx } from '@sallyport/context';
import type { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { AuditLog, type AuditEvent } from '../audits/index.js';
import { Outbox } from '../outbox/index.js';
import type { SessionEndReason } from './session.entity.js';
import { stateAfterClose } from './session.machine.js';
import { sessionName } from './session-name.js';
import { SessionRepository, type ClosingSession, type NewSession, type Session } from './session.repository.js';
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

/** Opens and closes sessions: row, audit event and, of an end, the published fact, all or none. The module `access` alone decides about access. */
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

  /** Opens a session with its audit event. Returns false and changes nothing if a session of this id exists already. One statement. */
  async open(ctx: OrgCtx, session: NewSession): Promise<boolean> {
    return this.audit.writeWith(ctx, openedEvent(session), (event) => this.sessions.open(ctx, session, event));
  }

  /** Stores the fingerprint of the host key that the asset proved. */
  async recordHostKey(ctx: OrgCtx, id: string, fingerprint: string): Promise<void> {
    await this.sessions.recordHostKey(ctx, id, fingerprint);
  }

  /**
   * Closes a session, as it was read, with its fact and its audit event. Returns false, and changes nothing, if it was closed before, also after it
   * was read. One statement.
   */
  async close(ctx: OrgCtx, session: ClosingSession, { reason, endedAt, recording, detail }: SessionClosing): Promise<boolean> {
    const state = stateAfterClose(session.state, reason);
    if (state === undefined || state === 'active') return false;
    const dateEnd = endedAt < session.dateStart ? session.dateStart : endedAt;
    const known = recordingOf(session, recording);
    const fact = this.outbox.factOf(sessionEnded, endedFact(session, { ...known, dateEnd, reason }), session.id);
    const end = { state, endReason: reason, dateEnd, ...known, detail };
    const isClosed = await this.audit.writeWith(ctx, closedEvent({ ...session, ...known }, reason, detail), (event) =>
      this.sessions.close(ctx, session.id, end, { fact, event }),
    );
    if (isClosed) this.outbox.added(ctx);
    return isClosed;
  }
}

function endedFact(
  { id: sessionId, orgId }: ClosingSession,
  { lastSeq, recordingLink, dateEnd: endedAt, reason }: RecordingColumns & { dateEnd: Date; reason: SessionEndReason },
): SessionEnded {
  return {
    sessionId,
    orgId,
    reason: endReasonToPb(reason),
    endedAt,
    lastSeq: lastSeq ?? 0n,
    link: Buffer.from(recordingLink ?? '', 'hex'),
  };
}

function openedEvent(session: NewSession): AuditEvent {
  const { username, userId, sourceIp, assetName: asset, account, address, permissionId: permission, gatewayId: gateway } = session;
  return {
    type: 'session.opened',
    outcome: 'success',
    actor: { userId, username, sourceIp },
    resource: { kind: 'session', id: session.id, name: sessionName(session) },
    facts: { asset, account, address, permission, gateway },
  };
}

function closedEvent(session: ClosingSession, reason: SessionEndReason, detail: string): AuditEvent {
  const { id, username: user, assetName: asset, account, lastSeq, recordingLink } = session;
  // Bound into the audit chain, so that neither the recording nor the row can be rewritten alone.
  const recording = { last_seq: lastSeq === null ? null : Number(lastSeq), link: recordingLink };
  return {
    type: 'session.closed',
    outcome: 'success',
    resource: { kind: 'session', id, name: sessionName(session) },
    facts: { reason, ...(reason === 'terminated' && { ended_by: session.terminateAskedBy }), detail, user, asset, account, recording },
  };
}

type RecordingColumns = Pick<ClosingSession, 'lastSeq' | 'recordingLink'>;

/** Returns the columns of a recording's end: as reported now, or else as known from before. */
function recordingOf(session: ClosingSession, end: RecordingEnd | undefined): RecordingColumns {
  if (end === undefined || end.lastSeq === 0n) return { lastSeq: session.lastSeq, recordingLink: session.recordingLink };
  return { lastSeq: end.lastSeq, recordingLink: end.link || null };
}
