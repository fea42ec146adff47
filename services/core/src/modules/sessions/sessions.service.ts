import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { ListSessionsRepository, type SessionFilter } from './list-sessions.repository.js';
import { SessionNotFound } from './session.errors.js';
import { SessionRepository, type Session } from './session.repository.js';

@Injectable()
export class Sessions {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly lists: ListSessionsRepository,
  ) {}

  /** Throws SessionNotFound. */
  async get(ctx: Ctx, id: string): Promise<Session> {
    const session = await this.sessions.find(ctx, id);
    if (!session) throw new SessionNotFound(id);
    return session;
  }

  list(ctx: Ctx, orgId: string, filter: SessionFilter): Promise<{ count: number; rows: Session[] }> {
    return this.lists.list(ctx, orgId, filter);
  }
}
