import { Inject, Injectable } from '@nestjs/common';
import type { Bus } from '@sallyport/bus';
import type { Clock, OrgCtx } from '@sallyport/context';
import { type Logger, ofSession } from '@sallyport/telemetry';
import { BUS } from '../../bus/index.js';
import { Database } from '../../database/index.js';
import { CLOCK, LOGGER } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { sessionName } from './session-name.js';
import { SessionEnded, sessionNotFound } from './session.errors.js';
import { SessionRepository, type EndRequest, type Session } from './session.repository.js';

@Injectable()
export class TerminateSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly audit: AuditLog,
    @Inject(BUS) private readonly bus: Pick<Bus, 'publishTerminate'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Requests the end of an active session. Its gateway ends it at once, or at its next lease renewal if the message is lost.
   * A second request changes nothing. Throws SESSION_NOT_FOUND and SessionEnded.
   */
  async terminate(ctx: OrgCtx, sessionId: string, asked: { by: string; message: string }): Promise<Session> {
    const session = await this.database.run(ctx, (inside) => this.mark(inside, sessionId, asked));
    await this.notifyGateway(session);
    return session;
  }

  private async mark(ctx: OrgCtx, sessionId: string, { by, message }: { by: string; message: string }): Promise<Session> {
    const session = await this.sessions.lock(ctx, sessionId);
    if (!session) throw sessionNotFound(sessionId);
    if (session.state !== 'active') throw new SessionEnded(sessionId, session.state);
    if (session.dateTerminateAsked) return session;
    const request: EndRequest = { dateTerminateAsked: new Date(this.clock.now()), terminateAskedBy: by, terminateMessage: message };
    await this.sessions.requestEnd(ctx, sessionId, request);
    await this.auditRequest(ctx, session);
    return { ...session, ...request };
  }

  private async auditRequest(ctx: OrgCtx, session: Session): Promise<void> {
    const { username: user, assetName: asset, account } = session;
    await this.audit.write(ctx, {
      type: 'session.terminate-asked',
      outcome: 'success',
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { user, asset, account },
    });
  }

  /** Sends the request to the gateway. A lost message costs seconds: the next lease renewal carries the request. */
  private async notifyGateway(session: Session): Promise<void> {
    try {
      const order = { sessionId: session.id, message: session.terminateMessage ?? '', requestedBy: session.terminateAskedBy ?? '' };
      await this.bus.publishTerminate(session.gatewayId, order);
    } catch (error) {
      this.logger.warn(
        { err: error, ...ofSession(session.id) },
        'the request to end a session did not reach the gateway; the next lease renewal carries it',
      );
    }
  }
}
