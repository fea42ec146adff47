import type { OrgCtx } from '@sallyport/context';
import type { Database } from '../../database/index.js';

/** An account that a permission names and none of its assets has. */
interface Unmatched {
  readonly id: string;
  readonly account: string;
}

/** Returns the accounts of each permission that none of its assets has, in one query. A mistyped account is one. */
export async function unmatchedAccounts(database: Database, ctx: OrgCtx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = await database.sql<Unmatched[]>(
    ctx,
    `SELECT p.id, named.account FROM core.asset_permission p CROSS JOIN LATERAL unnest(p.accounts) AS named (account)
     WHERE p.org_id = $1 AND p.id = ANY ($2) AND named.account <> '@all' AND NOT EXISTS (
       SELECT 1 FROM core.permission_asset pa JOIN core.account c ON c.asset_id = pa.asset_id
       WHERE pa.permission_id = p.id AND c.org_id = $1 AND c.username = named.account)
     ORDER BY named.account`,
    [ctx.orgId, ids],
  );
  const byPermission = Map.groupBy(found, ({ id }) => id);
  return new Map([...byPermission].map(([id, rows]) => [id, rows.map(({ account }) => account)]));
}
