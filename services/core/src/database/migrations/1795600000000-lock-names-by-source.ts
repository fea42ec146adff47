import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Locks are of hours: those there are may go with the table. */
const LOCKS = `
DROP TABLE core.sign_in_lock;
CREATE TABLE core.sign_in_lock (
  subject_kind text NOT NULL,
  source text NOT NULL,
  username text NOT NULL,
  failures integer NOT NULL,
  date_first_failure timestamptz NOT NULL,
  lock_count integer NOT NULL DEFAULT 0,
  date_locked_until timestamptz,
  date_updated timestamptz NOT NULL,
  CONSTRAINT sign_in_lock_subject_kind_source_username_pk PRIMARY KEY (subject_kind, source, username),
  CONSTRAINT sign_in_lock_subject_kind_ck CHECK (subject_kind IN ('pair', 'source', 'name'))
);
CREATE INDEX sign_in_lock_date_updated_ix ON core.sign_in_lock (date_updated);
CREATE INDEX sign_in_lock_username_ix ON core.sign_in_lock (username);
`;

export class LockNamesBySource1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOCKS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
