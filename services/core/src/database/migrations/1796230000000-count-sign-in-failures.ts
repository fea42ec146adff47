import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failures of anonymous clients are counted, so that they do not grow the audit log without limit. */
const FAILURES = `
CREATE TABLE core.sign_in_failure (
  org_id uuid NOT NULL,
  type text NOT NULL,
  source text NOT NULL,
  username text NOT NULL,
  reason text NOT NULL,
  attempts integer NOT NULL,
  facts jsonb NOT NULL,
  date_first timestamptz NOT NULL,
  date_last timestamptz NOT NULL,
  CONSTRAINT sign_in_failure_pk PRIMARY KEY (org_id, type, source, username, reason)
);
CREATE INDEX sign_in_failure_source_ix ON core.sign_in_failure (source);
CREATE INDEX sign_in_failure_date_first_ix ON core.sign_in_failure (date_first);
`;

export class CountSignInFailures1796230000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FAILURES);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
