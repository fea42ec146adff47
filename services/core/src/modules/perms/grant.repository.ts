import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { containing, Database } from '../../database/index.js';
import type { Rows } from '../../resource/index.js';
import type { AccessQuestion, PermissionFacts } from './permission.policy.js';

/** One account of an asset, and all that a decision about it needs. */
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
  permissions: { id: string; is_active: boolean; date_start: string; date_expired: string | null; accounts: string[] }[] | null;
}

/** Every account of the assets that `a` is narrowed to, with the permissions that name user $1 and the asset. */
const CANDIDATES = (assets: string) => `
  SELECT a.id AS asset_id, a.org_id, o.name AS org_name, a.name AS asset_name, a.address, a.port, a.comment, a.is_active AS asset_active,
         c.id AS account_id, c.username, c.is_active AS account_active, u.is_active AS user_active, u.date_expired AS user_expired, p.permissions
  FROM core.asset a
  JOIN core.org o ON o.id = a.org_id
  JOIN core.account c ON c.asset_id = a.id
  JOIN core."user" u ON u.id = $1
  LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('id', p.id, 'is_active', p.is_active, 'date_start', p.date_start, 'date_expired', p.date_expired, 'accounts', p.accounts)) AS permissions
    FROM core.asset_permission_asset pa
    JOIN core.asset_permission_user pu ON pu.permission_id = pa.permission_id AND pu.user_id = $1
    JOIN core.asset_permission p ON p.id = pa.permission_id AND p.org_id = a.org_id
    WHERE pa.asset_id = a.id
  ) p ON true
  WHERE ${assets}
  ORDER BY lower(a.name) COLLATE "C", a.id, c.username`;

/** The decision of permission.policy.ts as a condition on user u, permission p, asset a and account c at time $2: lists have to count and page where the rows are. A test holds the two together. */
const IS_ALLOWED = `
  u.is_active AND (u.date_expired IS NULL OR u.date_expired > $2) AND a.is_active AND c.is_active
  AND p.org_id = a.org_id AND p.is_active AND p.date_start <= $2 AND (p.date_expired IS NULL OR p.date_expired > $2)
  AND (c.username = ANY (p.accounts) OR '@all' = ANY (p.accounts))`;

/** Permissions of user $1 that may allow something at time $2. */
const PERMISSIONS_OF_USER = `
  SELECT p.id
  FROM core."user" u
  JOIN core.asset_permission_user pu ON pu.user_id = u.id
  JOIN core.asset_permission p ON p.id = pu.permission_id
  WHERE u.id = $1 AND u.is_active AND (u.date_expired IS NULL OR u.date_expired > $2)
    AND p.is_active AND p.date_start <= $2 AND (p.date_expired IS NULL OR p.date_expired > $2)`;

/** Assets with a usable account under the permissions $1, with their number in all. The ids come as values, so that the planner sees how many assets each of them names. */
const GRANTED_ASSETS = `
  SELECT a.id, (count(*) OVER ())::int AS count
  FROM core.asset a
  WHERE a.is_active AND ($2 = '%%' OR a.name ILIKE $2 OR a.address ILIKE $2 OR a.comment ILIKE $2)
    AND a.id IN (
      SELECT pa.asset_id
      FROM core.asset_permission_asset pa
      JOIN core.asset_permission p ON p.id = pa.permission_id
      JOIN core.account c ON c.asset_id = pa.asset_id AND c.org_id = p.org_id AND c.is_active
      WHERE pa.permission_id = ANY ($1::uuid[]) AND (c.username = ANY (p.accounts) OR '@all' = ANY (p.accounts)))
  ORDER BY lower(a.name) COLLATE "C", a.id
  LIMIT $3 OFFSET $4`;

const STILL_GRANTED = `
  SELECT s.session_id
  FROM unnest($1::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) AS s (session_id, user_id, asset_id, account_id)
  WHERE EXISTS (
    SELECT 1
    FROM core."user" u
    JOIN core.asset_permission_user pu ON pu.user_id = u.id
    JOIN core.asset_permission p ON p.id = pu.permission_id
    JOIN core.asset_permission_asset pa ON pa.permission_id = p.id
    JOIN core.asset a ON a.id = pa.asset_id
    JOIN core.account c ON c.asset_id = a.id
    WHERE u.id = s.user_id AND a.id = s.asset_id AND c.id = s.account_id AND ${IS_ALLOWED}
  )`;

/** A live session, as far as permissions go. */
export interface SessionUse {
  readonly sessionId: string;
  readonly userId: string;
  readonly assetId: string;
  readonly accountId: string;
}

@Injectable()
export class GrantRepository {
  constructor(private readonly database: Database) {}

  /** All accounts of the assets that have this id, name or address, whatever its case; also those that the user may not use. */
  async candidates(ctx: Ctx, orgId: string, userId: string, assetText: string): Promise<Candidate[]> {
    const id = isUuid(assetText) ? assetText : null;
    const narrowed = CANDIDATES('a.org_id = $2 AND (lower(a.name) = lower($3) OR lower(a.address) = lower($3) OR a.id = $4)');
    return this.query<CandidateRow>(ctx, narrowed, [userId, orgId, assetText, id]).then((rows) => rows.map(toCandidate));
  }

  async candidatesOf(ctx: Ctx, userId: string, assetIds: readonly string[]): Promise<Candidate[]> {
    if (assetIds.length === 0) return [];
    return this.query<CandidateRow>(ctx, CANDIDATES('a.id = ANY ($2::uuid[])'), [userId, assetIds]).then((rows) => rows.map(toCandidate));
  }

  /** Ids of assets on which the user may use an account now, by name, and how many there are in all. */
  async pageOfGranted(
    ctx: Ctx,
    userId: string,
    now: Date,
    { search, limit, offset }: { search: string; limit: number; offset: number },
  ): Promise<Rows<string>> {
    const permissions = await this.query<{ id: string }>(ctx, PERMISSIONS_OF_USER, [userId, now]);
    if (permissions.length === 0) return { count: 0, rows: [] };
    const granted = (rows: number, from: number) =>
      this.query<{ id: string; count: number }>(ctx, GRANTED_ASSETS, [permissions.map(({ id }) => id), containing(search), rows, from]);
    const found = await granted(limit, offset);
    // Behind the last row there is none to carry the number.
    const [any] = found.length > 0 || offset === 0 ? found : await granted(1, 0);
    return { count: any?.count ?? 0, rows: found.map(({ id }) => id) };
  }

  /** Of these sessions the ids of those that would be allowed now. */
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

  private query<T>(ctx: Ctx, sql: string, parameters: unknown[]): Promise<T[]> {
    return this.database.sql<T[]>(ctx, sql, parameters);
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

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

const toPermissionFacts = (each: NonNullable<CandidateRow['permissions']>[number]): PermissionFacts => ({
  id: each.id,
  isActive: each.is_active,
  dateStart: new Date(each.date_start),
  dateExpired: each.date_expired === null ? null : new Date(each.date_expired),
  accounts: each.accounts,
});
