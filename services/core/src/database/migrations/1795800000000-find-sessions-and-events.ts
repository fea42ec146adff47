import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes for the filters of sessions and audit events; without them a rare name reads the whole history. */
const INDEXES = `
CREATE INDEX session_org_id_username_date_start_ix ON core.session (org_id, username, date_start);
CREATE INDEX session_org_id_asset_name_date_start_ix ON core.session (org_id, asset_name, date_start);
CREATE INDEX session_org_id_source_ip_date_start_ix ON core.session (org_id, source_ip, date_start);
CREATE INDEX audit_event_resource_id_ix ON core.audit_event (resource_id);
CREATE INDEX audit_event_actor_id_ix ON core.audit_event (actor_id);
CREATE INDEX audit_event_lower_actor_name_ix ON core.audit_event (lower(actor_name));
`;

export class FindSessionsAndEvents1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEXES);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
