import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions are found by the names of their user and asset in any case, as a login finds them. */
const INDEXES = `
CREATE INDEX session_org_id_lower_username_date_start_ix ON core.session (org_id, lower(username), date_start);
CREATE INDEX session_org_id_lower_asset_name_date_start_ix ON core.session (org_id, lower(asset_name), date_start);
DROP INDEX core.session_org_id_username_date_start_ix;
DROP INDEX core.session_org_id_asset_name_date_start_ix;
`;

export class FindNamesInAnyCase1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEXES);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
