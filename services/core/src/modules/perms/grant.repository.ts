import { Injectable } from '@nestjs/common';
import { isUuid, type Ctx, type OrgCtx } from '@sallyport/context';
import { containing, Database } from '../../database/index.js';
import { canonicalAddress } from '../../platform/index.js';
import type { Rows } from '../../resource/index.js';
import { revokedPartSql, type RevokedCredential, type SignInCredential } from '../users/index.js';
import type { Action, RightEnd } from './action.js';
import { allowsUser, ASSETS_OF_PERMISSION, NAMED_BY_PERMISSION, NAMES_ACCOUNT, NAMES_ASSET, USERS_OF_PERMISSION } from './grant.sql.js';
import type { AccessQuestion, PermissionFacts } from './permission.policy.js';

/** An account of an asset, with everything that a decision about it needs. */
export interface Candidate {
  readonly asset: CandidateAsset;
  readonly accountId: string;
  readonly question: AccessQuestion;
}

export interface CandidateAsset {
  readonly id: string;
  readonly orgId: string;
  readonly orgName: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly comment: string;
}

/** A candidate with all else that a session needs. */
export interface Opening extends Candidate {
  readonly username: string;
  readonly revoked: RevokedCredential | null;
  readonly secretType: 'password' | 'ssh_key';
  readonly sealedSecret: string;
  readonly hostKeys: readonly { readonly algorithm: string; readonly blob: Buffer; readonly fingerprint: string }[];
}

interface PermissionJson {
  id: string;
  is_active: boolean;
  date_start: string;
  date_expired: string | null;
  accounts: string[];
  actions: Action[];
}

interface CandidateRow {
  asset_id: string;
  org_id: string;
  org_name: string;
  asset_name: string;
  address: string;
  port: number;
  comment: string;
  asset_active: boolean;
  account_id: string;
  username: string;
  account_active: boolean;
  user_active: boolean;
  user_expired: Date | null;
  permissions: PermissionJson[] | null;
}

interface OpeningRow extends CandidateRow {
  user_name: string;
  revoked: RevokedCredential | null;
  secret_type: 'password' | 'ssh_key';
  sealed_secret: string;
  host_keys: { algorithm: string; blob: string; fingerprint: string }[] | null;
}

/** Selects accounts of the assets that meet the condition on `a`, with the permissions that name user $1 and the asset, whatever they allow. */
const CANDIDATES = (assets: string, also = '') => `
  SELECT a.id AS asset_id, a.org_id, o.name AS org_name, a.name AS asset_name, a.address, a.port, a.comment, a.is_active AS asset_active,
         c.id AS account_id, c.username, c.is_active AS account_active, u.is_active AS user_active, u.date_expired AS user_expired, p.permissions${also}
  FROM core.asset a
  JOIN core.org o ON o.id = a.org_id
  JOIN core.account c ON c.asset_id = a.id
  JOIN core."user" u ON u.id = $1
  LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('id', p.id, 'is_active', p.is_active, 'date_start', p.date_start, 'date_expired', p.date_expired,
                                      'accounts', p.accounts, 'actions', p.actions)) AS permissions
    FROM ${NAMED_BY_PERMISSION}
    WHERE pu.user_id = u.id AND ${NAMES_ASSET}
  ) p ON true
  WHERE ${assets}
  ORDER BY lower(a.name) COLLATE "C", a.id, c.username`;

const OF_TEXT = 'a.org_id = $2 AND (lower(a.name) = lower($3) OR lower(a.address) = lower($5) OR a.id = $4)';

/** Candidates with all else that a session needs; $6 and $7 are the key and the password's generation of the sign-in. */
const OPENING = CANDIDATES(
  OF_TEXT,
  `,
         u.username AS user_name, ${revokedPartSql('u', '$6::uuid', '$7::integer')} AS revoked, c.secret_type, c.sealed_secret,
         (SELECT json_agg(json_build_object('algorithm', h.algorithm, 'blob', encode(h.blob, 'base64'), 'fingerprint', h.fingerprint)
                          ORDER BY h.date_created, h.id)
          FROM core.host_key h WHERE h.asset_id = a.id AND h.org_id = a.org_id) AS host_keys`,
);

/** Permissions of organization $3 by which user $1 may connect to an asset at time $2. */
const PERMISSIONS_OF_USER = `
  SELECT p.id
  FROM core."user" u, ${USERS_OF_PERMISSION}
  WHERE u.id = $1 AND p.org_id = $3 AND ${allowsUser("'connect'", '$2')}`;

/** Assets with a usable account under the permissions $1, with the total count. The ids are values, so that the planner knows how many assets each of them names. */
const GRANTED_ASSETS = `
  SELECT a.id, (count(*) OVER ())::int AS count
  FROM core.asset a
  WHERE ($2 = '%%' OR a.name ILIKE $2 OR a.address ILIKE $2 OR a.comment ILIKE $2)
    AND EXISTS (SELECT 1 FROM core.account c, ${ASSETS_OF_PERMISSION} WHERE pa.permission_id = ANY ($1::uuid[]) AND ${NAMES_ACCOUNT})
  ORDER BY lower(a.name) COLLATE "C", a.id
  LIMIT $3 OFFSET $4`;

const STILL_GRANTED = `
  SELECT s.session_id
  FROM unnest($1::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) AS s (session_id, user_id, asset_id, account_id)
  JOIN core."user" u ON u.id = s.user_id
  JOIN core.asset a ON a.id = s.asset_id
  JOIN core.account c ON c.id = s.account_id
  WHERE EXISTS (SELECT 1 FROM ${NAMED_BY_PERMISSION} WHERE ${allowsUser("'connect'", '$2')} AND ${NAMES_ACCOUNT})`;

/** Says of sessions whose user may not connect any more which part of the right is gone. The permission is that which allowed the session. */
const RIGHT_ENDS = `
  SELECT s.session_id,
         CASE WHEN u.id IS NULL THEN 'user_deleted'
              WHEN NOT u.is_active THEN 'user_disabled'
              WHEN u.date_expired <= $2 THEN 'user_expired'
              WHEN a.id IS NULL THEN 'asset_deleted'
              WHEN NOT a.is_active THEN 'asset_disabled'
              WHEN c.id IS NULL THEN 'account_deleted'
              WHEN NOT c.is_active THEN 'account_disabled'
              ELSE coalesce(
                (SELECT CASE WHEN p.date_expired <= $2 THEN 'permission_expired'
                             WHEN NOT p.is_active OR p.date_start > $2 THEN 'permission_disabled' END
                 FROM ${NAMED_BY_PERMISSION}
                 WHERE p.id = s.permission_id AND pu.user_id = u.id AND 'connect' = ANY (p.actions) AND ${NAMES_ACCOUNT}
                 LIMIT 1),
                'permission_removed') END AS right_end
  FROM unnest($1::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[]) AS s (session_id, user_id, asset_id, account_id, permission_id)
  LEFT JOIN core."user" u ON u.id = s.user_id
  LEFT JOIN core.asset a ON a.id = s.asset_id
  LEFT JOIN core.account c ON c.id = s.account_id`;

/** The user, asset and account of a live session. */
export interface SessionUse {
  readonly sessionId: string;
  readonly userId: string;
  readonly assetId: string;
  readonly accountId: string;
}

/** The use, with the permission that allowed the session. */
export interface PermittedUse extends SessionUse {
  readonly permissionId: string;
}

@Injectable()
export class GrantRepository {
  constructor(private readonly database: Database) {}

  /** Returns all accounts of the assets that have this id, name or address, in any case; also those that the user may not use. */
  async candidates(ctx: OrgCtx, userId: string, assetText: string): Promise<Candidate[]> {
    return this.query<CandidateRow>(ctx, CANDIDATES(OF_TEXT), [userId, ctx.orgId, ...meanings(assetText)]).then((rows) =>
      rows.map(toCandidate),
    );
  }

  /** Returns what `candidates` does, with all else that a session needs: one statement opens it. */
  async openings(ctx: OrgCtx, userId: string, { keyId, passwordGeneration }: SignInCredential, assetText: string): Promise<Opening[]> {
    const values = [userId, ctx.orgId, ...meanings(assetText), keyId, passwordGeneration];
    return (await this.database.prepared<OpeningRow>(ctx, 'grant-openings', OPENING, values)).map(toOpening);
  }

  /** Returns all accounts of these assets, also those that the user may not use. */
  async candidatesOf(ctx: OrgCtx, userId: string, assetIds: readonly string[]): Promise<Candidate[]> {
    if (assetIds.length === 0) return [];
    return this.query<CandidateRow>(ctx, CANDIDATES('a.org_id = $2 AND a.id = ANY ($3::uuid[])'), [userId, ctx.orgId, assetIds]).then(
      (rows) => rows.map(toCandidate),
    );
  }

  /** Returns a page of ids of assets with an account that the user may connect to now, ordered by name, and the total count. */
  async pageOfGranted(
    ctx: OrgCtx,
    userId: string,
    now: Date,
    { search, limit, offset }: { search: string; limit: number; offset: number },
  ): Promise<Rows<string>> {
    const permissions = await this.query<{ id: string }>(ctx, PERMISSIONS_OF_USER, [userId, now, ctx.orgId]);
    if (permissions.length === 0) return { count: 0, rows: [] };
    const granted = (rows: number, from: number) =>
      this.query<{ id: string; count: number }>(ctx, GRANTED_ASSETS, [permissions.map(({ id }) => id), containing(search), rows, from]);
    const found = await granted(limit, offset);
    // A page behind the last row contains no row that carries the count.
    const [any] = found.length > 0 || offset === 0 ? found : await granted(1, 0);
    return { count: any?.count ?? 0, rows: found.map(({ id }) => id) };
  }

  /** Returns the ids of those sessions whose user may still connect now. A gateway holds sessions of all organizations. */
  async stillGranted(ctx: Ctx, now: Date, uses: readonly SessionUse[]): Promise<Set<string>> {
    const column = (name: keyof SessionUse) => uses.map((use) => use[name]);
    const rows = await this.query<{ session_id: string }>(ctx, STILL_GRANTED, [
      column('sessionId'),
      now,
      column('userId'),
      column('assetId'),
      column('accountId'),
    ]);
    return new Set(rows.map(({ session_id: id }) => id));
  }

  /** Returns, by session id, the part of the right that is gone. Call it for sessions that are not granted any more. */
  async rightEnds(ctx: Ctx, now: Date, uses: readonly PermittedUse[]): Promise<Map<string, RightEnd>> {
    const column = (name: keyof PermittedUse) => uses.map((use) => use[name]);
    const rows = await this.query<{ session_id: string; right_end: RightEnd }>(ctx, RIGHT_ENDS, [
      column('sessionId'),
      now,
      column('userId'),
      column('assetId'),
      column('accountId'),
      column('permissionId'),
    ]);
    return new Map(rows.map(({ session_id: id, right_end: end }) => [id, end]));
  }

  private query<T>(ctx: Ctx, sql: string, parameters: unknown[]): Promise<T[]> {
    return this.database.sql<T[]>(ctx, sql, parameters);
  }
}

/** Returns the name, id and address that a text may be; the values of OF_TEXT from $3 on. */
const meanings = (text: string): readonly (string | null)[] => [text, isUuid(text) ? text : null, canonicalAddress(text)];

const toCandidate = (row: CandidateRow): Candidate => ({
  asset: {
    id: row.asset_id,
    orgId: row.org_id,
    orgName: row.org_name,
    name: row.asset_name,
    address: row.address,
    port: row.port,
    comment: row.comment,
  },
  accountId: row.account_id,
  question: {
    user: { isActive: row.user_active, dateExpired: row.user_expired },
    asset: { isActive: row.asset_active },
    account: { username: row.username, isActive: row.account_active },
    permissions: (row.permissions ?? []).map(toPermissionFacts),
  },
});

const toOpening = (row: OpeningRow): Opening => ({
  ...toCandidate(row),
  username: row.user_name,
  revoked: row.revoked,
  secretType: row.secret_type,
  sealedSecret: row.sealed_secret,
  hostKeys: (row.host_keys ?? []).map((key) => ({ ...key, blob: Buffer.from(key.blob, 'base64') })),
});

const toPermissionFacts = (each: PermissionJson): PermissionFacts => ({
  id: each.id,
  isActive: each.is_active,
  dateStart: new Date(each.date_start),
  dateExpired: each.date_expired === null ? null : new Date(each.date_expired),
  accounts: each.accounts,
  actions: each.actions,
});
