import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions say which part of a right ended, and which connection broke. "revoked" stays in the rows of sessions that ended before. */
const END_REASONS = `
ALTER TABLE core.session DROP CONSTRAINT session_end_reason_ck;
ALTER TABLE core.session ADD CONSTRAINT session_end_reason_ck CHECK (end_reason IN ('finished', 'terminated', 'idle', 'max_duration', 'unrecordable', 'dial_failed', 'host_key_changed', 'drained', 'lost', 'revoked', 'sign_in_revoked', 'user_disabled', 'user_expired', 'user_deleted', 'asset_disabled', 'asset_deleted', 'account_disabled', 'account_deleted', 'permission_removed', 'permission_disabled', 'permission_expired', 'asset_unresponsive', 'asset_lost', 'client_lost'));
`;

export class SayWhySessionsEnded1796510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(END_REASONS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
