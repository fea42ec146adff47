import type { HostListQuery, HostUpdate, HostView } from '@sallyport/contracts';
import { canonicalAddress } from '../../platform/index.js';
import { asIs, atAddress, columnsOf, ignoringCase, listPlan, resource } from '../../resource/index.js';
import { AssetEntity } from './asset.entity.js';
import { assetNameTaken, assetNotFound } from './asset.errors.js';
import { toHostView } from './host.view.js';

const { plain } = columnsOf<AssetEntity>();

/** A host: an asset that is reached by SSH. */
export const hostResource = resource<AssetEntity, HostUpdate, HostView>({
  noun: 'asset',
  nameOf: ({ name }) => name,
  table: (database, ctx) => database.tenant(ctx, AssetEntity),
  expand: asIs,
  fields: {
    name: plain('name'),
    address: { read: ({ address }) => address, write: (address) => ({ address: canonicalAddress(address) }) },
    port: plain('port'),
    is_active: plain('isActive'),
    comment: plain('comment'),
  },
  view: toHostView,
  notFound: assetNotFound,
  conflicts: { asset_org_id_name_uq: ({ name = '' }) => assetNameTaken(name) },
});

export const hostList = listPlan<AssetEntity, HostListQuery>({
  alias: 'asset',
  search: ['name', 'address', 'comment'],
  filters: { name: ignoringCase('asset.name'), address: atAddress('lower(asset.address)'), is_active: 'isActive' },
  order: { name: 'name', address: 'address', date_created: 'dateCreated' },
});
