import { Injectable } from '@nestjs/common';
import { isUuid, type OrgCtx } from '@sallyport/context';
import { SessionRepository } from './session.repository.js';

/** Starts of sessions, for rows of other stores that name a session by its id. */
@Injectable()
export class SessionStarts {
  constructor(private readonly sessions: SessionRepository) {}

  /** Returns the starts of the sessions that there are in this organization, by session id. */
  async of(ctx: OrgCtx, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Date>> {
    const rows = await this.sessions.findStarts(ctx, [...ids].filter(isUuid));
    return new Map(rows.map(({ id, dateStart }) => [id, dateStart]));
  }
}
