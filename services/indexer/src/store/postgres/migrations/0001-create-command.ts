import type { Migration } from './migration.js';

/** Creates the command log. search-text.ts computes `folded` and `words`. */
export const createCommand: Migration = {
  name: '0001-create-command',
  sql: `
    CREATE TABLE command (
      id uuid NOT NULL,
      session_id text NOT NULL,
      seq bigint NOT NULL,
      org_id text NOT NULL,
      user_id text NOT NULL,
      username text NOT NULL,
      asset_id text NOT NULL,
      asset_name text NOT NULL,
      account text NOT NULL,
      channel bigint NOT NULL,
      kind text NOT NULL,
      input text NOT NULL,
      output text NOT NULL,
      risk_level text NOT NULL,
      "timestamp" timestamptz(3) NOT NULL,
      stored_at timestamptz NOT NULL DEFAULT now(),
      folded text NOT NULL,
      words tsvector NOT NULL,
      CONSTRAINT command_id_pk PRIMARY KEY (id),
      CONSTRAINT command_kind_ck CHECK (kind IN ('typed', 'exec', 'file')),
      CONSTRAINT command_risk_level_ck CHECK (risk_level IN ('accept', 'warning', 'reject'))
    );
    CREATE INDEX command_org_id_timestamp_ix ON command (org_id, "timestamp" DESC, id DESC);
    CREATE INDEX command_session_id_timestamp_ix ON command (session_id, "timestamp" DESC, id DESC);
    CREATE INDEX command_user_id_timestamp_ix ON command (user_id, "timestamp" DESC, id DESC);
    CREATE INDEX command_username_timestamp_ix ON command (username, "timestamp" DESC, id DESC);
    CREATE INDEX command_asset_id_timestamp_ix ON command (asset_id, "timestamp" DESC, id DESC);
    CREATE INDEX command_asset_name_timestamp_ix ON command (asset_name, "timestamp" DESC, id DESC);
    CREATE INDEX command_words_ix ON command USING gin (words);
    CREATE INDEX command_folded_ix ON command USING gin (folded gin_trgm_ops);
  `,
};
