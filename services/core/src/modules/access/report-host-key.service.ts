import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { HostKeys, type HostKeyVerdict } from '../assets/index.js';
import { OpenedSessions, SessionNotFound } from '../sessions/index.js';

@Injectable()
export class ReportHostKey {
  constructor(
    private readonly database: Database,
    private readonly sessions: OpenedSessions,
    private readonly keys: HostKeys,
  ) {}

  /** Judges the key that an asset proved while this session was being opened. Throws SessionNotFound for a session that is not active. */
  async judge(ctx: Ctx, sessionId: string, blob: Buffer): Promise<HostKeyVerdict['verdict']> {
    return this.database.run(ctx, async (inside) => {
      const session = await this.sessions.find(inside, sessionId);
      if (session?.state !== 'active') throw new SessionNotFound(sessionId);
      const { userId, username, sourceIp, assetId } = session;
      const { verdict, fingerprint } = await this.keys.judge(inside, { assetId, blob, sessionId, actor: { userId, username, sourceIp } });
      await this.sessions.noteHostKey(inside, sessionId, fingerprint);
      return verdict;
    });
  }
}
