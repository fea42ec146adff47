import { Injectable } from '@nestjs/common';
import { inOrg, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { HostKeys, type HostKeyVerdict } from '../assets/index.js';
import { SessionLifecycle, sessionNotFound } from '../sessions/index.js';

@Injectable()
export class ReportHostKey {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionLifecycle,
    private readonly keys: HostKeys,
  ) {}

  /** Judges the key that an asset proved while this session was being opened. Throws SESSION_NOT_FOUND for a session that is not active. */
  async judge(ctx: Ctx, sessionId: string, blob: Buffer): Promise<HostKeyVerdict['verdict']> {
    return this.database.run(ctx, async (inside) => {
      const session = await this.sessions.find(inside, sessionId);
      if (session?.state !== 'active') throw sessionNotFound(sessionId);
      const { userId, username, sourceIp, assetId } = session;
      const within = inOrg(inside, session.orgId);
      const { verdict, fingerprint } = await this.keys.judge(within, {
        assetId,
        blob,
        sessionId,
        by: { actor: { userId, username, sourceIp }, facts: { session: sessionId } },
      });
      await this.sessions.recordHostKey(within, sessionId, fingerprint);
      return verdict;
    });
  }
}
