import type { AccountView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { AccountEntity, AccountOnAsset } from './account.entity.js';

type Shown =
  | 'id'
  | 'orgId'
  | 'assetId'
  | 'name'
  | 'username'
  | 'secretType'
  | 'isActive'
  | 'connectivity'
  | 'connectivityCheckedAt'
  | 'connectivityError'
  | 'comment'
  | 'createdBy'
  | 'dateSecretChanged'
  | 'dateCreated'
  | 'dateUpdated';
type Hidden = 'sealedSecret';
export type EveryColumnDecided = AssertNever<Exclude<keyof AccountEntity, Shown | Hidden>>;

/** Returns an account as REST shows it. */
export const toAccountView = ({ asset, ...account }: AccountOnAsset): AccountView => ({
  id: account.id,
  name: account.name,
  username: account.username,
  asset: { id: asset.id, name: asset.name, address: asset.address },
  secret_type: account.secretType,
  is_active: account.isActive,
  connectivity: account.connectivity,
  connectivity_checked_at: account.connectivityCheckedAt?.toISOString() ?? null,
  connectivity_error: account.connectivityError,
  comment: account.comment,
  org: account.orgId,
  created_by: account.createdBy,
  date_secret_changed: account.dateSecretChanged.toISOString(),
  date_created: account.dateCreated.toISOString(),
  date_updated: account.dateUpdated.toISOString(),
});
