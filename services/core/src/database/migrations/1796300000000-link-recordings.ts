import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A session knows the hash chain of its recording, so that a recording that was rewritten or shortened in its store shows. */
export class LinkRecordings1796300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE core.session ADD COLUMN recording_link text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
