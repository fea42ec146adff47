import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database, isRefusedValue } from '../../database/index.js';
import { CLOCK, sanitizeText } from '../../platform/index.js';
import { EndSession } from './end-session.service.js';
import type { SessionEndReason } from './session.entity.js';
import { SessionEndRefused, sessionNotFound } from './session.errors.js';
import { SessionRepository } from './session.repository.js';

/** What a gateway says about a session that ended. */
export interface CloseSessionInput {
  readonly sessionId: string;
  readonly reason: Exclude<SessionEndReason, 'lost'>;
  readonly detail: string;
  readonly lastSeq: bigint;
  /** By the gateway's clock; absent: now. */
  readonly endedAt: Date | undefined;
}

/** Operators read it in a list: what is longer is cut. */
const DETAIL_CHARS = 1000;

@Injectable()
export class CloseSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly ending: EndSession,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends a session as its gateway says. A session that ended before stays as it is. Throws SessionNotFound, and SessionEndRefused for what could never be kept: a gateway tries again after all that may pass. */
  async close(ctx: Ctx, input: CloseSessionInput): Promise<void> {
    try {
      await this.keep(ctx, input);
    } catch (error) {
      throw isRefusedValue(error) ? new SessionEndRefused(input.sessionId, error) : error;
    }
  }

  private async keep(ctx: Ctx, input: CloseSessionInput): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const session = await this.sessions.lockHeld(inside, input.sessionId);
      if (!session) throw sessionNotFound(input.sessionId);
      const endedAt = this.notAfterNow(input.endedAt);
      await this.ending.end(inOrg(inside, session.orgId), session, { ...input, endedAt, detail: sanitizeText(input.detail, DETAIL_CHARS) });
    });
  }

  /** A gateway whose clock runs ahead would end sessions in the future. */
  private notAfterNow(at: Date | undefined): Date {
    const now = new Date(this.clock.now());
    return at && at < now ? at : now;
  }
}
