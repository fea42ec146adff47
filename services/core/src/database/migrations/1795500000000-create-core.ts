import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Id of the organization that every installation starts with; never reused. */
const DEFAULT_ORG_ID = '00000000-0000-7000-8000-000000000002';

const PEOPLE = `
CREATE TABLE core.org (
  id uuid NOT NULL,
  name text NOT NULL,
  comment text NOT NULL DEFAULT '',
  date_created timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT org_id_pk PRIMARY KEY (id),
  CONSTRAINT org_name_uq UNIQUE (name)
);

CREATE TABLE core."user" (
  id uuid NOT NULL,
  username text NOT NULL,
  name text NOT NULL,
  email text,
  role text NOT NULL,
  password_hash text,
  must_change_password boolean NOT NULL DEFAULT false,
  is_active boolean NOT NULL DEFAULT true,
  date_expired timestamptz,
  date_password_changed timestamptz,
  date_last_login timestamptz,
  comment text NOT NULL DEFAULT '',
  created_by text NOT NULL DEFAULT '',
  date_created timestamptz NOT NULL DEFAULT now(),
  date_updated timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_id_pk PRIMARY KEY (id),
  CONSTRAINT user_role_ck CHECK (role IN ('admin', 'auditor', 'user'))
);
CREATE UNIQUE INDEX user_username_uq ON core."user" (lower(username));
CREATE UNIQUE INDEX user_email_uq ON core."user" (lower(email));

CREATE TABLE core.user_ssh_key (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  name text NOT NULL,
  algorithm text NOT NULL,
  blob bytea NOT NULL,
  fingerprint text NOT NULL,
  comment text NOT NULL DEFAULT '',
  is_active boolean NOT NULL DEFAULT true,
  date_created timestamptz NOT NULL DEFAULT now(),
  date_last_used timestamptz,
  CONSTRAINT user_ssh_key_id_pk PRIMARY KEY (id),
  CONSTRAINT user_ssh_key_user_id_fk FOREIGN KEY (user_id) REFERENCES core."user" (id) ON DELETE CASCADE,
  CONSTRAINT user_ssh_key_user_id_fingerprint_uq UNIQUE (user_id, fingerprint)
);

CREATE TABLE core.api_token (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  source_ip text NOT NULL,
  date_created timestamptz NOT NULL DEFAULT now(),
  date_expired timestamptz NOT NULL,
  CONSTRAINT api_token_id_pk PRIMARY KEY (id),
  CONSTRAINT api_token_user_id_fk FOREIGN KEY (user_id) REFERENCES core."user" (id) ON DELETE CASCADE,
  CONSTRAINT api_token_token_hash_uq UNIQUE (token_hash)
);
CREATE INDEX api_token_user_id_ix ON core.api_token (user_id);
CREATE INDEX api_token_date_expired_ix ON core.api_token (date_expired);

CREATE TABLE core.sign_in_lock (
  subject_kind text NOT NULL,
  subject text NOT NULL,
  failures integer NOT NULL,
  date_first_failure timestamptz NOT NULL,
  lock_count integer NOT NULL DEFAULT 0,
  date_locked_until timestamptz,
  date_updated timestamptz NOT NULL,
  CONSTRAINT sign_in_lock_subject_kind_subject_pk PRIMARY KEY (subject_kind, subject),
  CONSTRAINT sign_in_lock_subject_kind_ck CHECK (subject_kind IN ('user', 'source'))
);
CREATE INDEX sign_in_lock_date_updated_ix ON core.sign_in_lock (date_updated);
`;

const ASSETS = `
CREATE TABLE core.asset (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'host',
  name text NOT NULL,
  address text NOT NULL,
  port integer NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  comment text NOT NULL DEFAULT '',
  created_by text NOT NULL DEFAULT '',
  date_created timestamptz NOT NULL DEFAULT now(),
  date_updated timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT asset_id_pk PRIMARY KEY (id),
  CONSTRAINT asset_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id),
  CONSTRAINT asset_org_id_name_uq UNIQUE (org_id, name),
  CONSTRAINT asset_category_ck CHECK (category IN ('host')),
  CONSTRAINT asset_port_ck CHECK (port BETWEEN 1 AND 65535)
);
CREATE INDEX asset_org_id_lower_name_ix ON core.asset (org_id, lower(name));
CREATE INDEX asset_org_id_lower_address_ix ON core.asset (org_id, lower(address));

CREATE TABLE core.host_key (
  id uuid NOT NULL,
  asset_id uuid NOT NULL,
  algorithm text NOT NULL,
  blob bytea NOT NULL,
  fingerprint text NOT NULL,
  pinned_by_session_id uuid,
  date_created timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT host_key_id_pk PRIMARY KEY (id),
  CONSTRAINT host_key_asset_id_fk FOREIGN KEY (asset_id) REFERENCES core.asset (id) ON DELETE CASCADE,
  CONSTRAINT host_key_asset_id_fingerprint_uq UNIQUE (asset_id, fingerprint)
);

CREATE TABLE core.account (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  asset_id uuid NOT NULL,
  name text NOT NULL,
  username text NOT NULL,
  secret_type text NOT NULL,
  sealed_secret text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  connectivity text NOT NULL DEFAULT 'unknown',
  connectivity_checked_at timestamptz,
  connectivity_error text,
  comment text NOT NULL DEFAULT '',
  created_by text NOT NULL DEFAULT '',
  date_secret_changed timestamptz NOT NULL DEFAULT now(),
  date_created timestamptz NOT NULL DEFAULT now(),
  date_updated timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_id_pk PRIMARY KEY (id),
  CONSTRAINT account_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id),
  CONSTRAINT account_asset_id_fk FOREIGN KEY (asset_id) REFERENCES core.asset (id) ON DELETE CASCADE,
  CONSTRAINT account_asset_id_username_uq UNIQUE (asset_id, username),
  CONSTRAINT account_secret_type_ck CHECK (secret_type IN ('password', 'ssh_key')),
  CONSTRAINT account_connectivity_ck CHECK (connectivity IN ('unknown', 'ok', 'failed'))
);
CREATE INDEX account_org_id_username_ix ON core.account (org_id, username);
`;

const PERMISSIONS = `
CREATE TABLE core.asset_permission (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  name text NOT NULL,
  accounts text[] NOT NULL,
  date_start timestamptz NOT NULL,
  date_expired timestamptz,
  is_active boolean NOT NULL DEFAULT true,
  comment text NOT NULL DEFAULT '',
  created_by text NOT NULL DEFAULT '',
  date_created timestamptz NOT NULL DEFAULT now(),
  date_updated timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT asset_permission_id_pk PRIMARY KEY (id),
  CONSTRAINT asset_permission_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id),
  CONSTRAINT asset_permission_org_id_name_uq UNIQUE (org_id, name),
  CONSTRAINT asset_permission_date_expired_ck CHECK (date_expired > date_start)
);

CREATE TABLE core.asset_permission_user (
  permission_id uuid NOT NULL,
  user_id uuid NOT NULL,
  CONSTRAINT asset_permission_user_permission_id_user_id_pk PRIMARY KEY (permission_id, user_id),
  CONSTRAINT asset_permission_user_permission_id_fk FOREIGN KEY (permission_id) REFERENCES core.asset_permission (id) ON DELETE CASCADE,
  CONSTRAINT asset_permission_user_user_id_fk FOREIGN KEY (user_id) REFERENCES core."user" (id) ON DELETE CASCADE
);
CREATE INDEX asset_permission_user_user_id_ix ON core.asset_permission_user (user_id);

CREATE TABLE core.asset_permission_asset (
  permission_id uuid NOT NULL,
  asset_id uuid NOT NULL,
  CONSTRAINT asset_permission_asset_permission_id_asset_id_pk PRIMARY KEY (permission_id, asset_id),
  CONSTRAINT asset_permission_asset_permission_id_fk FOREIGN KEY (permission_id) REFERENCES core.asset_permission (id) ON DELETE CASCADE,
  CONSTRAINT asset_permission_asset_asset_id_fk FOREIGN KEY (asset_id) REFERENCES core.asset (id) ON DELETE CASCADE
);
CREATE INDEX asset_permission_asset_asset_id_ix ON core.asset_permission_asset (asset_id);
`;

const SESSIONS = `
CREATE TABLE core.session (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'active',
  end_reason text,
  user_id uuid NOT NULL,
  username text NOT NULL,
  asset_id uuid NOT NULL,
  asset_name text NOT NULL,
  address text NOT NULL,
  port integer NOT NULL,
  account_id uuid NOT NULL,
  account text NOT NULL,
  permission_id uuid NOT NULL,
  protocol text NOT NULL DEFAULT 'ssh',
  source_ip text NOT NULL,
  client_software text NOT NULL DEFAULT '',
  gateway_id text NOT NULL,
  recording_mode text NOT NULL,
  date_start timestamptz NOT NULL,
  date_end timestamptz,
  date_expires timestamptz,
  date_lease_expires timestamptz NOT NULL,
  last_seq bigint,
  detail text NOT NULL DEFAULT '',
  host_key_fingerprint text,
  date_terminate_asked timestamptz,
  terminate_asked_by text,
  terminate_message text,
  CONSTRAINT session_id_pk PRIMARY KEY (id),
  CONSTRAINT session_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id),
  CONSTRAINT session_state_ck CHECK (state IN ('active', 'finished', 'terminated', 'failed', 'lost')),
  CONSTRAINT session_end_reason_ck CHECK (end_reason IN ('finished', 'terminated', 'idle', 'max_duration', 'unrecordable', 'dial_failed', 'host_key_changed', 'drained', 'lost', 'revoked')),
  CONSTRAINT session_recording_mode_ck CHECK (recording_mode IN ('strict', 'best_effort')),
  CONSTRAINT session_ended_ck CHECK ((state = 'active') = (end_reason IS NULL) AND (state = 'active') = (date_end IS NULL))
);
CREATE INDEX session_org_id_date_start_ix ON core.session (org_id, date_start);
CREATE INDEX session_user_id_ix ON core.session (user_id);
CREATE INDEX session_asset_id_ix ON core.session (asset_id);
CREATE INDEX session_gateway_id_ix ON core.session (gateway_id) WHERE state = 'active';
CREATE INDEX session_date_lease_expires_ix ON core.session (date_lease_expires) WHERE state = 'active';

CREATE TABLE core.task (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  account_id uuid,
  worker_id text,
  outcome text,
  detail text NOT NULL DEFAULT '',
  duration_ms integer,
  created_by text NOT NULL DEFAULT '',
  date_created timestamptz NOT NULL DEFAULT now(),
  date_started timestamptz,
  date_finished timestamptz,
  CONSTRAINT task_id_pk PRIMARY KEY (id),
  CONSTRAINT task_org_id_fk FOREIGN KEY (org_id) REFERENCES core.org (id),
  CONSTRAINT task_account_id_fk FOREIGN KEY (account_id) REFERENCES core.account (id) ON DELETE SET NULL,
  CONSTRAINT task_kind_ck CHECK (kind IN ('connectivity-test')),
  CONSTRAINT task_state_ck CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
  CONSTRAINT task_outcome_ck CHECK (outcome IN ('ok', 'unreachable', 'auth_failed', 'host_key_changed'))
);
CREATE INDEX task_org_id_date_created_ix ON core.task (org_id, date_created);
CREATE INDEX task_account_id_ix ON core.task (account_id);

CREATE TABLE core.component (
  id text NOT NULL,
  kind text NOT NULL,
  address text NOT NULL DEFAULT '',
  session_count integer NOT NULL DEFAULT 0,
  date_first_seen timestamptz NOT NULL,
  date_last_seen timestamptz NOT NULL,
  CONSTRAINT component_id_pk PRIMARY KEY (id),
  CONSTRAINT component_kind_ck CHECK (kind IN ('core', 'gateway', 'recorder', 'indexer', 'worker'))
);
CREATE INDEX component_date_last_seen_ix ON core.component (date_last_seen);
`;

const FACTS = `
CREATE TABLE core.outbox (
  id uuid NOT NULL,
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  subject text NOT NULL,
  payload bytea NOT NULL,
  headers jsonb NOT NULL DEFAULT '{}',
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  date_created timestamptz NOT NULL DEFAULT now(),
  date_published timestamptz,
  CONSTRAINT outbox_id_pk PRIMARY KEY (id),
  CONSTRAINT outbox_position_uq UNIQUE (position)
);
CREATE INDEX outbox_unpublished_ix ON core.outbox (position) WHERE date_published IS NULL;
CREATE INDEX outbox_date_published_ix ON core.outbox (date_published) WHERE date_published IS NOT NULL;

CREATE TABLE core.audit_event (
  id uuid NOT NULL,
  seq bigint NOT NULL,
  org_id uuid NOT NULL,
  type text NOT NULL,
  outcome text NOT NULL,
  actor_kind text NOT NULL,
  actor_id text,
  actor_name text NOT NULL,
  source_ip text,
  resource_kind text,
  resource_id text,
  resource_name text,
  facts jsonb NOT NULL,
  request_id text NOT NULL,
  date_created timestamptz NOT NULL,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_event_id_pk PRIMARY KEY (id),
  CONSTRAINT audit_event_seq_uq UNIQUE (seq),
  CONSTRAINT audit_event_outcome_ck CHECK (outcome IN ('success', 'refused')),
  CONSTRAINT audit_event_actor_kind_ck CHECK (actor_kind IN ('user', 'service', 'system'))
);
CREATE INDEX audit_event_org_id_date_created_ix ON core.audit_event (org_id, date_created);
CREATE INDEX audit_event_type_ix ON core.audit_event (type);

CREATE TABLE core.audit_head (
  id integer NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_id_pk PRIMARY KEY (id),
  CONSTRAINT audit_head_id_ck CHECK (id = 1)
);
INSERT INTO core.audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION core.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are only ever added';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change();
`;

export class CreateCore1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [PEOPLE, ASSETS, PERMISSIONS, SESSIONS, FACTS]) await runner.query(part);
    await runner.query(`INSERT INTO core.org (id, name, comment) VALUES ($1, 'Default', 'Made at installation')`, [DEFAULT_ORG_ID]);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
