/**
 * SQL of a decision about access, written once. Its aliases: user `u`, permission `p`, asset `a`, account `c`, and the views `pu` and `pa` that
 * expand the users and assets of a permission. permission.policy.ts says the same in TypeScript; grants.int.test.ts compares the two.
 */

/** Permissions with the users that they name. */
export const USERS_OF_PERMISSION = 'core.asset_permission p JOIN core.permission_user pu ON pu.permission_id = p.id';

/** Permissions with the assets that they name. */
export const ASSETS_OF_PERMISSION = 'core.asset_permission p JOIN core.permission_asset pa ON pa.permission_id = p.id';

/** Permissions with every user and asset that they name. */
export const NAMED_BY_PERMISSION = `${USERS_OF_PERMISSION} JOIN core.permission_asset pa ON pa.permission_id = p.id`;

/** Condition: `p` names asset `a`. */
export const NAMES_ASSET = 'pa.asset_id = a.id AND p.org_id = a.org_id';

/** Condition: `p` names asset `a` and its account `c`, and both are active. */
export const NAMES_ACCOUNT = `
  ${NAMES_ASSET} AND a.is_active AND c.asset_id = a.id AND c.is_active
  AND (c.username = ANY (p.accounts) OR '@all' = ANY (p.accounts))`;

/** Builds a condition: `p` names user `u` and allows `action`, an SQL expression, at the time `now`, a parameter such as `$2`. */
export const allowsUser = (action: string, now: string): string => `
  pu.user_id = u.id AND u.is_active AND (u.date_expired IS NULL OR u.date_expired > ${now})
  AND p.is_active AND p.date_start <= ${now} AND (p.date_expired IS NULL OR p.date_expired > ${now}) AND ${action} = ANY (p.actions)`;
