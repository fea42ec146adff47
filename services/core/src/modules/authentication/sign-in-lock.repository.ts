import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { SignInLockEntity, type LockSubject } from './sign-in-lock.entity.js';
import type { Failures } from './sign-in-lock.policy.js';

/** A user name in lower case, or a source address. */
export interface Subject {
  readonly subjectKind: LockSubject;
  readonly subject: string;
}

@Injectable()
export class SignInLockRepository {
  constructor(private readonly database: Database) {}

  async find(ctx: Ctx, subject: Subject): Promise<Failures | undefined> {
    return (await this.database.manager(ctx).findOneBy(SignInLockEntity, { ...subject })) ?? undefined;
  }

  /** What is known of a subject, held until the transaction ends: of two failures at once each counts. */
  async hold(ctx: Ctx, { subjectKind, subject }: Subject): Promise<Failures | undefined> {
    const manager = this.database.manager(ctx);
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sign-in/${subjectKind}/${subject}`]);
    return this.find(ctx, { subjectKind, subject });
  }

  async keep(ctx: Ctx, subject: Subject, known: Failures): Promise<void> {
    await this.database.manager(ctx).upsert(SignInLockEntity, { ...subject, ...known }, ['subjectKind', 'subject']);
  }

  async forget(ctx: Ctx, subject: Subject): Promise<void> {
    await this.database.manager(ctx).delete(SignInLockEntity, { ...subject });
  }

  async forgetOlderThan(ctx: Ctx, date: Date): Promise<void> {
    await this.database.manager(ctx).createQueryBuilder().delete().from(SignInLockEntity).where('date_updated < :date', { date }).execute();
  }
}
