import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { SignInLockEntity, type LockSubject } from './sign-in-lock.entity.js';
import type { Failures } from './sign-in-lock.policy.js';

/** A name from one source, a source, or a name from everywhere; names in lower case. */
export interface Subject {
  readonly subjectKind: LockSubject;
  readonly source: string;
  readonly username: string;
}

/** Which rows have served their time. */
export interface Forgettable {
  /** Changed before: whatever it is. */
  readonly all: Date;
  /** Changed before, and never locked. */
  readonly unlocked: Date;
  readonly now: Date;
  /** One failure of a name is forgotten per this time. */
  readonly leakSeconds: number;
  /** More than this are never kept; the oldest go. */
  readonly maxRows: number;
}

@Injectable()
export class SignInLockRepository {
  constructor(private readonly database: Database) {}

  async find(ctx: Ctx, subject: Subject): Promise<Failures | undefined> {
    return (await this.database.manager(ctx).findOneBy(SignInLockEntity, { ...subject })) ?? undefined;
  }

  /** What is known of several subjects, by kind. One query. */
  async findEach(ctx: Ctx, subjects: readonly Subject[]): Promise<Partial<Record<LockSubject, Failures>>> {
    const rows = await this.database.manager(ctx).findBy(
      SignInLockEntity,
      subjects.map((subject) => ({ ...subject })),
    );
    return Object.fromEntries(rows.map((row) => [row.subjectKind, row]));
  }

  /** What is known of a subject, held until the transaction ends: of two failures at once each counts. */
  async hold(ctx: Ctx, { subjectKind, source, username }: Subject): Promise<Failures | undefined> {
    const manager = this.database.manager(ctx);
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sign-in/${subjectKind}/${source}/${username}`]);
    return this.find(ctx, { subjectKind, source, username });
  }

  async keep(ctx: Ctx, subject: Subject, known: Failures): Promise<void> {
    await this.database.manager(ctx).upsert(SignInLockEntity, { ...subject, ...known }, ['subjectKind', 'source', 'username']);
  }

  /** Takes the turn of a name, where nobody has it at `now`; of several at once one gets it. */
  async takeTurn(ctx: Ctx, { source, username }: Subject, now: Date, until: Date): Promise<boolean> {
    const result = await this.database
      .manager(ctx)
      .createQueryBuilder()
      .update(SignInLockEntity)
      .set({ dateLockedUntil: until })
      .where(
        `subject_kind = 'name' AND source = :source AND username = :username AND (date_locked_until IS NULL OR date_locked_until <= :now)`,
        { source, username, now },
      )
      .execute();
    return result.affected === 1;
  }

  async forget(ctx: Ctx, subject: Subject): Promise<void> {
    await this.database.manager(ctx).delete(SignInLockEntity, { ...subject });
  }

  /** Forgets all that is held against a name, and against the sources that it failed from; gives those sources. */
  async forgetName(ctx: Ctx, username: string): Promise<string[]> {
    const manager = this.database.manager(ctx);
    const pairs = await manager.findBy(SignInLockEntity, { subjectKind: 'pair', username });
    const sources = pairs.map(({ source }) => source);
    await manager.delete(SignInLockEntity, { username });
    await manager
      .createQueryBuilder()
      .delete()
      .from(SignInLockEntity)
      .where(`subject_kind = 'source' AND source = ANY (:sources)`, { sources })
      .execute();
    return sources;
  }

  /** Forgets what has served its time; gives how many rows went. */
  async purge(ctx: Ctx, { all, unlocked, now, leakSeconds, maxRows }: Forgettable): Promise<number> {
    const manager = this.database.manager(ctx);
    const old = await manager
      .createQueryBuilder()
      .delete()
      .from(SignInLockEntity)
      .where('date_updated < :all', { all })
      .orWhere(`subject_kind <> 'name' AND lock_count = 0 AND date_updated < :unlocked`, { unlocked })
      .orWhere(`subject_kind = 'name' AND date_updated < CAST(:now AS timestamptz) - failures * make_interval(secs => :leakSeconds)`, {
        now,
        leakSeconds,
      })
      .execute();
    const [surplus] = await manager.query<[{ count: string }]>(
      `WITH gone AS (DELETE FROM core.sign_in_lock WHERE ctid = ANY (ARRAY(SELECT ctid FROM core.sign_in_lock ORDER BY date_updated DESC OFFSET $1)) RETURNING 1) SELECT count(*) FROM gone`,
      [maxRows],
    );
    return (old.affected ?? 0) + Number(surplus.count);
  }
}
