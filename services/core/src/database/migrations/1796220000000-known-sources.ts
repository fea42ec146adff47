import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row of the kind `known` keeps that a user has signed in from a source. */
const KNOWN = `
ALTER TABLE core.sign_in_lock DROP CONSTRAINT sign_in_lock_subject_kind_ck;
ALTER TABLE core.sign_in_lock ADD CONSTRAINT sign_in_lock_subject_kind_ck CHECK (subject_kind IN ('pair', 'source', 'name', 'known'));
`;

export class KnownSources1796220000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KNOWN);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
