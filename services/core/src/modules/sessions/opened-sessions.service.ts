import { Injectable } from '@nestjs/common';
import { sessionStarted } from '@sallyport/bus';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { AuditLog } from '../audits/index.js';
import { Outbox } from '../outbox/index.js';
import { sessionName } from './end-session.service.js';
import { SessionRepository, type NewSession, type Session } from './session.repository.js';

/** The beginning of sessions, as access asks for it: it alone decides who may. */
@Injectable()
export class OpenedSessions {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  find(ctx: Ctx, id: string): Promise<Session | undefined> {
    return this.sessions.findHeld(ctx, id);
  }

  /** Begins a session in the running transaction: row, audit event and fact. False when one of this id was there already; then nothing is changed. */
  async begin(ctx: OrgCtx, session: NewSession): Promise<boolean> {
    if (!(await this.sessions.add(ctx, session))) return false;
    await this.publish(ctx, session);
    await this.keepTrace(ctx, session);
    return true;
  }

  /** Keeps the fingerprint of the key that the asset proved. */
  async recordHostKey(ctx: OrgCtx, id: string, fingerprint: string): Promise<void> {
    await this.sessions.recordHostKey(ctx, id, fingerprint);
  }

  private async publish(ctx: OrgCtx, session: NewSession): Promise<void> {
    const { id: sessionId, orgId, userId, assetId, accountId, dateStart: startedAt } = session;
    await this.outbox.add(ctx, sessionStarted, { sessionId, orgId, userId, assetId, accountId, startedAt }, sessionId);
  }

  private async keepTrace(ctx: OrgCtx, session: NewSession): Promise<void> {
    const { username, userId, sourceIp } = session;
    await this.audit.write(ctx, {
      type: 'session.opened',
      outcome: 'success',
      actor: { userId, username, sourceIp },
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: {
        asset: session.assetName,
        account: session.account,
        address: session.address,
        permission: session.permissionId,
        gateway: session.gatewayId,
      },
    });
  }
}
