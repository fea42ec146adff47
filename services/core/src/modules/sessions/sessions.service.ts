import { Injectable } from '@nestjs/common';
import type { SessionListQuery } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { listRows, type Rows } from '../../resource/index.js';
import { SessionEntity } from './session.entity.js';
import { sessionNotFound } from './session.errors.js';
import { sessionList } from './session.list.js';
import { SessionRepository, type Session } from './session.repository.js';

/** Reads sessions. */
@Injectable()
export class Sessions {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly database: Database,
  ) {}

  /** Throws SESSION_NOT_FOUND. */
  async get(ctx: OrgCtx, id: string): Promise<Session> {
    const session = await this.sessions.find(ctx, id);
    if (!session) throw sessionNotFound(id);
    return session;
  }

  list(ctx: OrgCtx, query: SessionListQuery): Promise<Rows<Session>> {
    return listRows(this.database.tenant(ctx, SessionEntity).select(sessionList.alias), sessionList, query);
  }
}
