import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Moves the place of an event in the audit chain to a row of its own. A change and its event then need no lock on the chain's head. No event and
 * no hash changes: the events keep their numbers as positions.
 */
const LINKS = `
CREATE TABLE core.audit_link (
  seq bigint NOT NULL,
  event_id uuid NOT NULL,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO core.audit_link (seq, event_id, prev_hash, hash) SELECT seq, id, prev_hash, hash FROM core.audit_event ORDER BY seq;
ALTER TABLE core.audit_link ADD CONSTRAINT audit_link_seq_pk PRIMARY KEY (seq), ADD CONSTRAINT audit_link_event_id_uq UNIQUE (event_id);
CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.audit_link
  FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change();
`;

/** The order in the function counts: audit-link.repository.ts needs the transaction's number before the position. */
const POSITIONS = `
ALTER TABLE core.audit_event DROP COLUMN prev_hash, DROP COLUMN hash;
ALTER TABLE core.audit_event RENAME COLUMN seq TO position;
ALTER TABLE core.audit_event RENAME CONSTRAINT audit_event_seq_uq TO audit_event_position_uq;
CREATE SEQUENCE core.audit_event_position_seq OWNED BY core.audit_event.position;
SELECT setval('core.audit_event_position_seq', max(position)) FROM core.audit_event HAVING max(position) IS NOT NULL;
CREATE FUNCTION core.next_audit_position() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_current_xact_id();
  RETURN nextval('core.audit_event_position_seq');
END $$;
ALTER TABLE core.audit_event ALTER COLUMN position SET DEFAULT core.next_audit_position();
ALTER TABLE core.audit_head
  ADD COLUMN linked_position bigint NOT NULL DEFAULT 0,
  ADD COLUMN next_position bigint NOT NULL DEFAULT 0,
  ADD COLUMN next_xid bigint NOT NULL DEFAULT 0;
UPDATE core.audit_head SET linked_position = seq, next_position = seq;
ALTER TABLE core.audit_head
  ALTER COLUMN linked_position DROP DEFAULT, ALTER COLUMN next_position DROP DEFAULT, ALTER COLUMN next_xid DROP DEFAULT;
`;

export class LinkAuditEvents1796400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LINKS);
    await runner.query(POSITIONS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
