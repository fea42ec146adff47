import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database, type Table } from '../../database/index.js';
import { SignInLockEntity, type LockSubject } from './sign-in-lock.entity.js';
import type { Failures } from './sign-in-lock.policy.js';

/** A name from one source, a source, a name from everywhere, or a name and a source that its user has signed in from; names in lower case. */
export interface Subject {
  readonly subjectKind: LockSubject;
  readonly source: string;
  readonly username: string;
}

/** Bounds of a purge. */
export interface Purge {
  /** Every row that was changed before is deleted. */
  readonly all: Date;
  /** A row that was changed before and never locked is deleted. */
  readonly unlocked: Date;
  readonly now: Date;
  /** One failure of a name stops counting per this time. */
  readonly leakSeconds: number;
  /** A source that a user has not signed in from since is not known any more. */
  readonly known: Date;
  /** Rows of failures that are kept; the oldest beyond it are deleted. */
  readonly maxRows: number;
}

@Injectable()
export class SignInLockRepository {
  constructor(private readonly database: Database) {}

  find(ctx: Ctx, subject: Subject): Promise<Failures | undefined> {
    return this.table(ctx).find({ ...subject });
  }

  /** Returns the failures of several subjects, by kind. One query. */
  async findEach(ctx: Ctx, subjects: readonly Subject[]): Promise<Partial<Record<LockSubject, Failures>>> {
    const select = this.table(ctx).select('lock');
    const keys = subjects.map(({ subjectKind, source, username }) => [subjectKind, source, username]);
    const tuples = keys.map((_, index) => `(:kind${index}, :source${index}, :name${index})`).join(', ');
    const parameters = Object.fromEntries(
      keys.flatMap(([kind, source, name], i) => [
        [`kind${i}`, kind],
        [`source${i}`, source],
        [`name${i}`, name],
      ]),
    );
    const rows = await select.andWhere(`(lock.subjectKind, lock.source, lock.username) IN (${tuples})`, parameters).getMany();
    return Object.fromEntries(rows.map((row) => [row.subjectKind, row]));
  }

  /** Returns the failures of a subject, locked until the transaction ends: of two failures at once each counts. */
  async lock(ctx: Ctx, { subjectKind, source, username }: Subject): Promise<Failures | undefined> {
    await this.database.sql(ctx, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sign-in/${subjectKind}/${source}/${username}`]);
    return this.find(ctx, { subjectKind, source, username });
  }

  async save(ctx: Ctx, subject: Subject, known: Failures): Promise<void> {
    const columns = ['failures', 'dateFirstFailure', 'lockCount', 'dateLockedUntil', 'dateUpdated'] as const;
    await this.table(ctx).upsert({ ...subject, ...known }, ['subjectKind', 'source', 'username'], columns);
  }

  /** Takes the turn of a name if it is free at `now`; of several at once one takes it. */
  async takeTurn(ctx: Ctx, { source, username }: Subject, now: Date, until: Date): Promise<boolean> {
    const [, count] = await this.database.sql<[unknown[], number]>(
      ctx,
      `UPDATE core.sign_in_lock SET date_locked_until = $1
       WHERE subject_kind = 'name' AND source = $2 AND username = $3 AND (date_locked_until IS NULL OR date_locked_until <= $4)`,
      [until, source, username, now],
    );
    return count === 1;
  }

  async delete(ctx: Ctx, subject: Subject): Promise<void> {
    await this.table(ctx).delete({ ...subject });
  }

  /** Deletes the failures of a name and of the sources that it failed from. Returns those sources. The sources that its user has signed in from stay known. */
  async deleteName(ctx: Ctx, username: string): Promise<string[]> {
    const pairs = await this.table(ctx).findAll({ subjectKind: 'pair', username });
    const sources = pairs.map(({ source }) => source);
    for (const subjectKind of ['pair', 'name'] as const) await this.table(ctx).delete({ subjectKind, username });
    await this.database.sql(ctx, `DELETE FROM core.sign_in_lock WHERE subject_kind = 'source' AND source = ANY ($1)`, [sources]);
    return sources;
  }

  /** Deletes rows that do not count any more. Returns their number. */
  async purge(ctx: Ctx, { all, unlocked, known, now, leakSeconds, maxRows }: Purge): Promise<number> {
    const [, old] = await this.database.sql<[unknown[], number]>(
      ctx,
      `DELETE FROM core.sign_in_lock WHERE (subject_kind <> 'known' AND date_updated < $1)
         OR (subject_kind = 'known' AND date_updated < $5)
         OR (subject_kind IN ('pair', 'source') AND lock_count = 0 AND date_updated < $2)
         OR (subject_kind = 'name' AND date_updated < $3::timestamptz - failures * make_interval(secs => $4))`,
      [all, unlocked, now, leakSeconds, known],
    );
    const [, surplus] = await this.database.sql<[unknown[], number]>(
      ctx,
      `DELETE FROM core.sign_in_lock
       WHERE ctid = ANY (ARRAY(SELECT ctid FROM core.sign_in_lock WHERE subject_kind <> 'known' ORDER BY date_updated DESC OFFSET $1))`,
      [maxRows],
    );
    return old + surplus;
  }

  private table(ctx: Ctx): Table<SignInLockEntity> {
    return this.database.global(ctx, SignInLockEntity);
  }
}
