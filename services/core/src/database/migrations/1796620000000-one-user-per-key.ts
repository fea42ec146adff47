import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A key belongs to one user. Keys that several users have stay as they are, so that an update locks out no user: they are marked, and are
 * no part of the unique index.
 */
const KEYS = `
ALTER TABLE core.user_ssh_key ADD COLUMN is_shared boolean NOT NULL DEFAULT false;
UPDATE core.user_ssh_key k SET is_shared = true
  WHERE EXISTS (SELECT 1 FROM core.user_ssh_key other WHERE other.fingerprint = k.fingerprint AND other.user_id <> k.user_id);
CREATE INDEX user_ssh_key_fingerprint_ix ON core.user_ssh_key (fingerprint);
CREATE UNIQUE INDEX user_ssh_key_fingerprint_uq ON core.user_ssh_key (fingerprint) WHERE NOT is_shared;
`;

export class OneUserPerKey1796620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KEYS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
