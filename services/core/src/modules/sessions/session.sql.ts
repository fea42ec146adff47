import { insertEventSql } from '../audits/index.js';
import { insertFactSql } from '../outbox/index.js';
import type { NewSession } from './session.js';

const COLUMNS = {
  id: 'id',
  orgId: 'org_id',
  userId: 'user_id',
  username: 'username',
  assetId: 'asset_id',
  assetName: 'asset_name',
  address: 'address',
  port: 'port',
  accountId: 'account_id',
  account: 'account',
  permissionId: 'permission_id',
  actions: 'actions',
  signInKeyId: 'sign_in_key_id',
  signInPasswordGeneration: 'sign_in_password_generation',
  sourceIp: 'source_ip',
  clientSoftware: 'client_software',
  gatewayId: 'gateway_id',
  recordingMode: 'recording_mode',
  dateStart: 'date_start',
  dateExpires: 'date_expires',
  dateLeaseExpires: 'date_lease_expires',
  hostKeyFingerprint: 'host_key_fingerprint',
} as const satisfies Record<keyof NewSession, string>;

const properties = Object.keys(COLUMNS) as (keyof NewSession)[];
const columns = Object.values(COLUMNS).join(', ');

/** Returns a session as the first parameter of OPEN. */
export const sessionJson = (session: NewSession): string =>
  // PostgreSQL refuses half a surrogate pair in JSON; a text that was cut may end with one.
  JSON.stringify(Object.fromEntries(properties.map((property) => [COLUMNS[property], session[property]])), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );

/** Opens a session with its audit event, unless a session of its id is there: then it returns no row. */
export const OPEN = `
  WITH opened AS (
    INSERT INTO core.session (${columns}) SELECT ${columns} FROM json_populate_record(NULL::core.session, $1::json)
    ON CONFLICT DO NOTHING RETURNING id AS opened_id),
  written AS (${insertEventSql('$2', 'opened')})
  SELECT opened_id FROM opened`;

/** Columns that the end of a session needs. */
export const FIND_CLOSING = `
  SELECT id, org_id AS "orgId", state, date_start AS "dateStart", username, account, asset_name AS "assetName",
         last_seq AS "lastSeq", recording_link AS "recordingLink"
  FROM core.session WHERE id = $1`;

/** Closes an active session with its fact and its audit event. Returns no row if it is not active. */
export const CLOSE = `
  WITH closed AS (
    UPDATE core.session SET state = $3, end_reason = $4, date_end = $5, last_seq = $6, recording_link = $7, detail = $8
    WHERE id = $1 AND org_id = $2 AND state = 'active' RETURNING id AS closed_id),
  published AS (${insertFactSql('$9', 'closed')}),
  written AS (${insertEventSql('$10', 'closed')})
  SELECT closed_id FROM closed`;
