import { z } from 'zod';
import { AccountUsername } from './account.js';
import { Comment, DateTime, Id, Name, QueryFlag } from './field.js';
import { listQuery } from './page.js';
import { Filter } from './text.js';

/** Stands for every account of an asset. */
export const ALL_ACCOUNTS = '@all';

const Ids = z.array(Id, 'must be a list of ids').max(10_000).describe('A list of ids, each once');
const Accounts = z
  .array(
    z.union([z.literal(ALL_ACCOUNTS), AccountUsername], `must be "${ALL_ACCOUNTS}" or a login name`),
    `must be a list, such as ["root"] or ["${ALL_ACCOUNTS}"]`,
  )
  .max(1000)
  .describe(`A list of login names on the assets; ["${ALL_ACCOUNTS}"] is every account`);

export const AssetPermissionView = z
  .object({
    id: Id,
    name: Name,
    users: Ids,
    assets: Ids,
    accounts: Accounts,
    is_active: z.boolean().describe('False: allows nothing'),
    is_effective: z.boolean().describe('Active, begun and not expired'),
    warnings: z.array(z.string()).describe('What it lacks to allow anything: users, assets, accounts, or accounts that its assets have'),
    date_start: DateTime,
    date_expired: DateTime.nullable().describe('Allows nothing from then on; null: never'),
    comment: Comment,
    org: Id,
    created_by: z.string(),
    date_created: DateTime,
    date_updated: DateTime,
  })
  .meta({ id: 'AssetPermission' });
export type AssetPermissionView = z.infer<typeof AssetPermissionView>;

const writable = AssetPermissionView.pick({
  name: true,
  users: true,
  assets: true,
  accounts: true,
  is_active: true,
  date_start: true,
  date_expired: true,
  comment: true,
});

export const AssetPermissionCreate = z.strictObject({ ...writable.partial().shape, name: Name }).meta({ id: 'AssetPermissionCreate' });
export type AssetPermissionCreate = z.infer<typeof AssetPermissionCreate>;

export const AssetPermissionUpdate = z.strictObject(writable.partial().shape).meta({ id: 'AssetPermissionUpdate' });
export type AssetPermissionUpdate = z.infer<typeof AssetPermissionUpdate>;

export const AssetPermissionListQuery = z.strictObject({
  ...listQuery(['name', 'date_start', 'date_expired', 'date_created']),
  name: Filter.optional(),
  user: Id.optional(),
  asset: Id.optional(),
  account: Filter.optional(),
  is_active: QueryFlag.optional(),
  is_effective: QueryFlag.optional(),
});
export type AssetPermissionListQuery = z.infer<typeof AssetPermissionListQuery>;
