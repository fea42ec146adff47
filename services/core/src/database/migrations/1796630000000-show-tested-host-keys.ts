import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A connectivity test shows the host key that it met, and may end because it is not approved. */
const TASKS = `
ALTER TABLE core.task ADD COLUMN host_key_fingerprint text;
ALTER TABLE core.task DROP CONSTRAINT task_outcome_ck;
ALTER TABLE core.task ADD CONSTRAINT task_outcome_ck CHECK (outcome IN ('ok', 'unreachable', 'auth_failed', 'host_key_changed', 'host_key_unknown'));
`;

export class ShowTestedHostKeys1796630000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TASKS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
