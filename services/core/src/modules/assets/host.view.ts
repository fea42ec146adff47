import type { HostView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { AssetEntity } from './asset.entity.js';

type Shown = 'id' | 'name' | 'address' | 'port' | 'isActive' | 'comment' | 'orgId' | 'createdBy' | 'dateCreated' | 'dateUpdated';
/** The path shows it. */
type Hidden = 'category';
export type EveryColumnDecided = AssertNever<Exclude<keyof AssetEntity, Shown | Hidden>>;

/** Returns a host as REST shows it. */
export const toHostView = (asset: AssetEntity): HostView => ({
  id: asset.id,
  name: asset.name,
  address: asset.address,
  port: asset.port,
  is_active: asset.isActive,
  comment: asset.comment,
  org: asset.orgId,
  created_by: asset.createdBy,
  date_created: asset.dateCreated.toISOString(),
  date_updated: asset.dateUpdated.toISOString(),
});
