import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { sessionEnded } from '@sallyport/bus';
import { AuditLog } from '../audits/index.js';
import { Outbox } from '../outbox/index.js';
import type { SessionEndReason } from './session.entity.js';
import { stateAfterEnd } from './session.machine.js';
import { SessionRepository, type Session } from './session.repository.js';
import { endReasonToPb } from './session.wire.js';

/** What is known about an end. */
export interface EndFacts {
  readonly reason: SessionEndReason;
  readonly endedAt: Date;
  /** Last frame number of its recording; 0 when nobody knows. */
  readonly lastSeq: bigint;
  readonly detail: string;
}

/** Ends sessions: row, audit event and published fact, all or none. */
@Injectable()
export class EndSession {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /** Ends a session that the running transaction holds; false when it had ended before. */
  async end(ctx: OrgCtx, session: Session, facts: EndFacts): Promise<boolean> {
    const state = stateAfterEnd(session.state, facts.reason);
    if (state === undefined || state === 'active') return false;
    const dateEnd = facts.endedAt < session.dateStart ? session.dateStart : facts.endedAt;
    await this.sessions.close(ctx, session.id, {
      state,
      endReason: facts.reason,
      dateEnd,
      lastSeq: facts.lastSeq || null,
      detail: facts.detail,
    });
    await this.publish(ctx, session, { ...facts, endedAt: dateEnd });
    await this.keepTrace(ctx, session, facts);
    return true;
  }

  private async publish(ctx: OrgCtx, session: Session, facts: EndFacts): Promise<void> {
    const message = {
      sessionId: session.id,
      orgId: session.orgId,
      reason: endReasonToPb(facts.reason),
      endedAt: facts.endedAt,
      lastSeq: facts.lastSeq,
    };
    await this.outbox.add(ctx, sessionEnded, message, session.id);
  }

  private async keepTrace(ctx: OrgCtx, session: Session, { reason, detail }: EndFacts): Promise<void> {
    await this.audit.write(ctx, {
      type: 'session.closed',
      outcome: 'success',
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { reason, detail, user: session.username, asset: session.assetName, account: session.account },
    });
  }
}

/** What people call a session. */
export const sessionName = (session: Pick<Session, 'username' | 'account' | 'assetName'>): string =>
  `${session.username} as ${session.account} on ${session.assetName}`;
