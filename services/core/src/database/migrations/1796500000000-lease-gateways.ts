import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A lease belongs to a gateway. That of a session counts alone until its gateway renews, and again once its gateway does not list it any more. */
const LEASES = `
CREATE TABLE core.gateway_lease (
  gateway_id text NOT NULL,
  date_expires timestamptz NOT NULL,
  checked_generation bigint,
  date_checked timestamptz,
  CONSTRAINT gateway_lease_gateway_id_pk PRIMARY KEY (gateway_id)
);
ALTER TABLE core.session ADD COLUMN is_listed boolean NOT NULL DEFAULT true;
DROP INDEX core.session_date_lease_expires_ix;
DROP INDEX core.session_gateway_id_ix;
CREATE INDEX session_gateway_id_id_ix ON core.session (gateway_id, id) WHERE state = 'active';
CREATE INDEX session_unlisted_ix ON core.session (date_lease_expires) WHERE state = 'active' AND NOT is_listed;
`;

/**
 * Counts the transactions that may have ended the right to a live session. The count is raised at the end of a transaction: so its row is locked
 * shortly, and a statement that reads it sees every change that was counted.
 */
const CHANGES = `
CREATE TABLE core.access_change (
  id integer NOT NULL,
  generation bigint NOT NULL,
  changed_by bigint NOT NULL,
  CONSTRAINT access_change_id_pk PRIMARY KEY (id),
  CONSTRAINT access_change_id_ck CHECK (id = 1)
);
INSERT INTO core.access_change (id, generation, changed_by) VALUES (1, 0, 0);
CREATE FUNCTION core.count_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE this_transaction bigint := pg_current_xact_id()::text::bigint;
BEGIN
  UPDATE core.access_change SET generation = generation + 1, changed_by = this_transaction WHERE id = 1 AND changed_by <> this_transaction;
  RETURN NULL;
END $$;
CREATE INDEX user_date_expired_ix ON core."user" (date_expired) WHERE date_expired IS NOT NULL;
CREATE INDEX asset_permission_date_expired_ix ON core.asset_permission (date_expired) WHERE date_expired IS NOT NULL;
`;

/** Tables by which a right is decided, each with the columns that count; empty for all. A new row never ends a right. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  // A sign-in writes its date to these two.
  user: ['is_active', 'date_expired', 'password_generation'],
  user_ssh_key: ['user_id', 'is_active'],
  asset: [],
  account: [],
  asset_permission: [],
  asset_permission_user: [],
  asset_permission_asset: [],
};

/** Compares the rows, because a trigger FOR UPDATE OF a column misses what another trigger changed. */
const isChanged = (columns: readonly string[]): string => {
  if (columns.length === 0) return '';
  const row = (version: string) => `(${columns.map((column) => `${version}.${column}`).join(', ')})`;
  return `WHEN (${row('OLD')} IS DISTINCT FROM ${row('NEW')})`;
};

const counting = (table: string, columns: readonly string[]): string => `
CREATE CONSTRAINT TRIGGER ${table}_access_updated AFTER UPDATE ON core."${table}" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW ${isChanged(columns)} EXECUTE FUNCTION core.count_access_change();
CREATE CONSTRAINT TRIGGER ${table}_access_deleted AFTER DELETE ON core."${table}" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION core.count_access_change();`;

export class LeaseGateways1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LEASES);
    await runner.query(CHANGES);
    for (const [table, columns] of Object.entries(COUNTED)) await runner.query(counting(table, columns));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
