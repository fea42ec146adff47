import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { insertEventSql } from '../audits/index.js';
import type { Subject } from './sign-in-lock.repository.js';

/** A sign-in that was granted. */
export interface GrantedSignIn {
  readonly userId: string;
  readonly at: Date;
  /** Null for a password. */
  readonly keyId: string | null;
  /** Undefined for a source that is never known. */
  readonly known: Subject | undefined;
}

/** Builds the condition that a time of last use is older than a minute: a row is not written at every login of its user. */
const isStale = (column: string): string => `(${column} IS NULL OR ${column} < $2::timestamptz - interval '1 minute')`;

const RECORD = `
  WITH used_user AS (UPDATE core."user" SET date_last_login = $2 WHERE id = $1 AND ${isStale('date_last_login')}),
  used_key AS (UPDATE core.user_ssh_key SET date_last_used = $2 WHERE id = $3::uuid AND ${isStale('date_last_used')}),
  known AS (
    INSERT INTO core.sign_in_lock AS l (subject_kind, source, username, failures, date_first_failure, lock_count, date_updated)
    SELECT 'known', $4::text, $5::text, 0, $2, 0, $2 WHERE $4::text IS NOT NULL
    ON CONFLICT (subject_kind, source, username) DO UPDATE SET date_updated = $2 WHERE ${isStale('l.date_updated')})
  ${insertEventSql('$6')}`;

@Injectable()
export class SignInRepository {
  constructor(private readonly database: Database) {}

  /** Stores the last use of user, key and source, to the minute, with the audit event. One statement. */
  async record(ctx: Ctx, { userId, at, keyId, known }: GrantedSignIn, event: string): Promise<void> {
    const source = known?.source ?? null;
    await this.database.prepared(ctx, 'sign-in-record', RECORD, [userId, at, keyId, source, known?.username ?? null, event]);
  }
}
