import { Injectable } from '@nestjs/common';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { AuditFacts } from '../audits/index.js';

/** The failures that are counted together. An empty reason stands for all names of a source, an empty source for all sources. */
export interface FailureKey {
  readonly type: string;
  readonly source: string;
  readonly username: string;
  readonly reason: string;
}

/** Failures that were counted in a window. */
export interface CountedFailures extends FailureKey {
  readonly orgId: string;
  readonly attempts: number;
  readonly facts: AuditFacts;
  readonly dateFirst: Date;
  readonly dateLast: Date;
}

/** Bounds of the table. Several that are counted at once may go a little beyond. */
export interface FailureBounds {
  readonly perSource: number;
  readonly total: number;
}

const COUNT = `
  WITH of_source AS (SELECT count(*) AS n FROM core.sign_in_failure WHERE source = $3),
       of_all AS (SELECT count(*) AS n FROM core.sign_in_failure),
       place AS (
         SELECT CASE
           WHEN (of_source.n < $8 AND of_all.n < $9) OR EXISTS (
             SELECT 1 FROM core.sign_in_failure WHERE org_id = $1 AND type = $2 AND source = $3 AND username = $4 AND reason = $5) THEN 'own'
           WHEN of_source.n > 0 THEN 'source'
           ELSE 'rest' END AS of
         FROM of_source, of_all)
  INSERT INTO core.sign_in_failure AS f (org_id, type, source, username, reason, attempts, facts, date_first, date_last)
  SELECT $1, $2, CASE place.of WHEN 'rest' THEN '' ELSE $3 END, CASE place.of WHEN 'own' THEN $4 ELSE '' END,
         CASE place.of WHEN 'own' THEN $5 ELSE '' END, 1, $6, $7, $7
  FROM place
  ON CONFLICT (org_id, type, source, username, reason)
    DO UPDATE SET attempts = f.attempts + 1, facts = excluded.facts, date_last = excluded.date_last
  RETURNING source, username, reason, attempts`;

const TAKE = `
  DELETE FROM core.sign_in_failure WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM core.sign_in_failure WHERE date_first <= $1 ORDER BY date_first LIMIT $2 FOR UPDATE SKIP LOCKED))
  RETURNING org_id AS "orgId", type, source, username, reason, attempts, facts, date_first AS "dateFirst", date_last AS "dateLast"`;

const GUESSED_USERS = `
  SELECT u.username FROM core.sign_in_lock l JOIN core."user" u ON lower(u.username) = l.username
  WHERE l.subject_kind = 'pair' AND l.source = $1 AND l.date_updated >= $2 ORDER BY u.username LIMIT $3`;

@Injectable()
export class SignInFailureRepository {
  constructor(private readonly database: Database) {}

  /** Counts a failure under its key, or under one for all names of its source or all sources if the table is full. One query, whatever the name. */
  async count(
    ctx: OrgCtx,
    { type, source, username, reason }: FailureKey,
    facts: AuditFacts,
    now: Date,
    { perSource, total }: FailureBounds,
  ): Promise<FailureKey & { readonly attempts: number }> {
    const parameters = [ctx.orgId, type, source, username, reason, JSON.stringify(facts), now, perSource, total];
    const rows = await this.database.sql<(Omit<FailureKey, 'type'> & { attempts: number })[]>(ctx, COUNT, parameters);
    return { type, ...(rows[0] ?? { source, username, reason, attempts: 1 }) };
  }

  /** Deletes counts of windows that began before, and returns them. Skips those that another replica takes. */
  async take(ctx: Ctx, before: Date, limit: number): Promise<readonly CountedFailures[]> {
    const [rows] = await this.database.sql<[CountedFailures[], number]>(ctx, TAKE, [before, limit]);
    return rows;
  }

  /** Returns names of users whose password was guessed at from the source since then. */
  async guessedUsers(ctx: Ctx, source: string, since: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.database.sql<{ username: string }[]>(ctx, GUESSED_USERS, [source, since, limit]);
    return rows.map(({ username }) => username);
  }
}
