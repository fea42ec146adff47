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
const CLOSING = `s.id, s.org_id AS "orgId", s.state, s.date_start AS "dateStart", s.username, s.account, s.asset_name AS "assetName",
         s.last_seq AS "lastSeq", s.recording_link AS "recordingLink", s.terminate_asked_by AS "terminateAskedBy"`;

export const FIND_CLOSING = `SELECT ${CLOSING} FROM core.session s WHERE s.id = $1`;

/**
 * Locks up to $2 active sessions whose lease ended before $1. It finds the gateways one by one in the index, so it costs as much as there are
 * gateways, however many sessions they hold. A gateway that never renewed has no lease.
 */
export const TAKE_OVERDUE = `
  WITH RECURSIVE holder (gateway_id) AS (
    (SELECT gateway_id FROM core.session WHERE state = 'active' ORDER BY gateway_id LIMIT 1)
    UNION ALL
    SELECT (SELECT gateway_id FROM core.session WHERE state = 'active' AND gateway_id > holder.gateway_id ORDER BY gateway_id LIMIT 1)
    FROM holder WHERE holder.gateway_id IS NOT NULL),
  silent AS MATERIALIZED (
    SELECT holder.gateway_id FROM holder LEFT JOIN core.gateway_lease l ON l.gateway_id = holder.gateway_id
    WHERE holder.gateway_id IS NOT NULL AND (l.date_expires IS NULL OR l.date_expires < $1))
  SELECT ${CLOSING}, s.gateway_id AS "gatewayId", s.is_listed AS "isListed",
         CASE WHEN s.is_listed THEN greatest(s.date_lease_expires, l.date_expires) ELSE s.date_lease_expires END AS "leaseEnded"
  FROM core.session s LEFT JOIN core.gateway_lease l ON l.gateway_id = s.gateway_id
  WHERE s.state = 'active' AND s.date_lease_expires < $1
    AND (s.gateway_id = ANY (ARRAY (SELECT gateway_id FROM silent)) OR NOT s.is_listed)
  ORDER BY s.date_lease_expires LIMIT $2 FOR UPDATE OF s SKIP LOCKED`;

/** Closes an active session with its fact and its audit event. Returns no row if it is not active. */
export const CLOSE = `
  WITH closed AS (
    UPDATE core.session SET state = $3, end_reason = $4, date_end = $5, last_seq = $6, recording_link = $7, detail = $8
    WHERE id = $1 AND org_id = $2 AND state = 'active' RETURNING id AS closed_id),
  published AS (${insertFactSql('$9', 'closed')}),
  written AS (${insertEventSql('$10', 'closed')})
  SELECT closed_id FROM closed`;
