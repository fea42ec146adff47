import { Inject, Injectable } from '@nestjs/common';
import type { Bus } from '@sallyport/bus';
import type { Clock, Ctx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { BUS } from '../../bus/index.js';
import { Database } from '../../database/index.js';
import { CLOCK, LOGGER } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { sessionName } from './end-session.service.js';
import { SessionEnded, SessionNotFound } from './session.errors.js';
import { SessionRepository, type EndWish, type Session } from './session.repository.js';

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
   * Asks for the end of an active session; its gateway ends it at once, or at its next renewal should the message be lost.
   * Throws SessionNotFound, and SessionEnded when it had ended before. Asking twice changes nothing.
   */
  async terminate(ctx: Ctx, sessionId: string, asked: { by: string; message: string }): Promise<Session> {
    const session = await this.database.run(ctx, (inside) => this.mark(inside, sessionId, asked));
    await this.tellGateway(session);
    return session;
  }

  private async mark(ctx: Ctx, sessionId: string, { by, message }: { by: string; message: string }): Promise<Session> {
    const session = await this.sessions.lock(ctx, sessionId);
    if (!session) throw new SessionNotFound(sessionId);
    if (session.state !== 'active') throw new SessionEnded(sessionId, session.state);
    if (session.dateTerminateAsked) return session;
    const wish: EndWish = { dateTerminateAsked: new Date(this.clock.now()), terminateAskedBy: by, terminateMessage: message };
    await this.sessions.wishEnd(ctx, sessionId, wish);
    await this.keepTrace(ctx, session);
    return { ...session, ...wish };
  }

  private async keepTrace(ctx: Ctx, session: Session): Promise<void> {
    const { username: user, assetName: asset, account } = session;
    await this.audit.write(ctx, {
      type: 'session.terminate-asked',
      outcome: 'success',
      orgId: session.orgId,
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { user, asset, account },
    });
  }

  /** What is lost here costs seconds only: the gateway hears of it when it renews. */
  private async tellGateway(session: Session): Promise<void> {
    try {
      const order = { sessionId: session.id, message: session.terminateMessage ?? '', requestedBy: session.terminateAskedBy ?? '' };
      await this.bus.publishTerminate(session.gatewayId, order);
    } catch (error) {
      this.logger.warn({ err: error, session: session.id }, 'the gateway could not be told to end a session; it will hear when it renews');
    }
  }
}
