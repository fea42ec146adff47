import type { AccountListQuery, AccountUpdate, AccountView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { Database } from '../../database/index.js';
import { columnsOf, listPlan, resource, secret } from '../../resource/index.js';
import { assetNotFound } from '../assets/index.js';
import { AccountEntity, type AccountOnAsset } from './account.entity.js';
import { accountNotFound, AccountUsernameTaken } from './account.errors.js';
import { toAccountView } from './account.view.js';

const { plain } = columnsOf<AccountOnAsset>();

/** Returns the field of a secret type. Password and private key share a column: each field reads it if the type is its own. */
const sealed = (type: AccountEntity['secretType']) =>
  secret<AccountEntity>(({ secretType, sealedSecret }) => (secretType === type ? sealedSecret : null));

export const accountResource = resource<AccountEntity, AccountUpdate, AccountView, AccountOnAsset>({
  noun: 'account',
  nameOf: ({ username }) => username,
  table: (database, ctx) => database.tenant(ctx, AccountEntity),
  expand: withAssets,
  fields: {
    username: plain('username'),
    name: plain('name'),
    is_active: plain('isActive'),
    comment: plain('comment'),
    password: sealed('password'),
    private_key: sealed('ssh_key'),
    // Opens the private key of a request and is not kept.
    passphrase: secret(() => null),
  },
  view: toAccountView,
  notFound: accountNotFound,
  conflicts: {
    // The asset was deleted after it was looked up.
    account_asset_id_fk: ({ assetId = '' }) => assetNotFound(assetId),
    account_asset_id_username_uq: ({ username = '' }) => new AccountUsernameTaken(username),
  },
});

export const accountList = listPlan<AccountEntity, AccountListQuery>({
  alias: 'account',
  join: (select) => select.innerJoin('asset', 'asset', 'asset.id = account.asset_id'),
  search: ['username', 'name', 'asset.name', 'asset.address'],
  filters: { username: 'username', asset: 'assetId', secret_type: 'secretType', connectivity: 'connectivity', is_active: 'isActive' },
  order: { username: 'username', name: 'name', asset: 'asset.name', date_created: 'dateCreated' },
});

/** Returns accounts with their assets. One query. */
async function withAssets(database: Database, ctx: OrgCtx, rows: readonly AccountEntity[]): Promise<AccountOnAsset[]> {
  if (rows.length === 0) return [];
  const assets = await database
    .tenant(ctx, AccountEntity)
    .select('account')
    .innerJoin('asset', 'asset', 'asset.id = account.asset_id')
    .select(['asset.id AS id', 'asset.name AS name', 'asset.address AS address'])
    .andWhere('account.id = ANY (:ids)', { ids: rows.map(({ id }) => id) })
    .getRawMany<AccountOnAsset['asset']>();
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  return rows.map((row) => ({ ...row, asset: byId.get(row.assetId) ?? { id: row.assetId, name: '', address: '' } }));
}
