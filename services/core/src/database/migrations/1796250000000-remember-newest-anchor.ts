import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row: the newest anchor of the audit chain, so that its removal from the recordings' store is noticed. Number 0: there is none yet. */
const NEWEST_ANCHOR = `
CREATE TABLE core.audit_anchor (
  id integer NOT NULL,
  number bigint NOT NULL,
  sha256 text NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_anchor_id_pk PRIMARY KEY (id),
  CONSTRAINT audit_anchor_id_ck CHECK (id = 1)
);
INSERT INTO core.audit_anchor (id, number, sha256, seq, hash) VALUES (1, 0, '', 0, decode(repeat('00', 32), 'hex'));
`;

export class RememberNewestAnchor1796250000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(NEWEST_ANCHOR);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
