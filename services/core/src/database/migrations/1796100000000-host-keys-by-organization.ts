import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A host key belongs to the organization of its asset, so that no look-up reaches another's. The default is for replicas of the version before,
 * which insert without it during a rolling update: they know only this organization.
 */
const HOST_KEYS = `
ALTER TABLE core.host_key ADD COLUMN org_id uuid;
UPDATE core.host_key k SET org_id = a.org_id FROM core.asset a WHERE a.id = k.asset_id;
ALTER TABLE core.host_key ALTER COLUMN org_id SET NOT NULL, ALTER COLUMN org_id SET DEFAULT '00000000-0000-7000-8000-000000000002';
ALTER TABLE core.host_key ADD CONSTRAINT host_key_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id);
CREATE INDEX host_key_org_id_ix ON core.host_key (org_id);
`;

export class HostKeysByOrganization1796100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(HOST_KEYS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
