import { Inject, Injectable } from '@nestjs/common';
import { inOrg, printableLine, type Clock, type Ctx } from '@sallyport/context';
import { Database, isRefusedValue } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { SessionLifecycle, type RecordingEnd } from './session-lifecycle.service.js';
import type { SessionEndReason } from './session.entity.js';
import { SessionEndRefused, sessionNotFound } from './session.errors.js';
import { SessionRepository } from './session.repository.js';

/** The end of a session as its gateway reports it. */
export interface CloseSessionInput {
  readonly sessionId: string;
  readonly reason: Exclude<SessionEndReason, 'lost'>;
  readonly detail: string;
  readonly recording: RecordingEnd;
  /** By the gateway's clock; undefined for now. */
  readonly endedAt: Date | undefined;
}

/** A longer detail is cut: operators read it in a list. */
const DETAIL_CHARS = 1000;

@Injectable()
export class CloseSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly lifecycle: SessionLifecycle,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Closes a session as its gateway reports. A closed session stays as it is. Throws SESSION_NOT_FOUND, and SessionEndRefused for a report that PostgreSQL refuses: after any other error the gateway tries again. */
  async close(ctx: Ctx, input: CloseSessionInput): Promise<void> {
    try {
      await this.store(ctx, input);
    } catch (error) {
      throw isRefusedValue(error) ? new SessionEndRefused(input.sessionId, error) : error;
    }
  }

  private async store(ctx: Ctx, input: CloseSessionInput): Promise<void> {
    const closing = { ...input, endedAt: this.notAfterNow(input.endedAt), detail: printableLine(input.detail, DETAIL_CHARS) };
    const session = await this.sessions.findClosing(ctx, input.sessionId);
    if (!session) throw sessionNotFound(input.sessionId);
    if (session.state !== 'active') return;
    // The reported end replaces the stored position, which may move until the session is closed. Without one the row has to be locked.
    if (closing.recording.lastSeq > 0n && (await this.lifecycle.close(inOrg(ctx, session.orgId), session, closing))) return;
    await this.database.run(ctx, async (inside) => {
      const locked = await this.sessions.lockHeld(inside, input.sessionId);
      if (!locked) throw sessionNotFound(input.sessionId);
      await this.lifecycle.close(inOrg(inside, locked.orgId), locked, closing);
    });
  }

  /** Returns a time that is not in the future: the clock of a gateway may run ahead. */
  private notAfterNow(at: Date | undefined): Date {
    const now = new Date(this.clock.now());
    return at && at < now ? at : now;
  }
}
