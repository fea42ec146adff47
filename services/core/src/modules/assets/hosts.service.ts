import { Injectable } from '@nestjs/common';
import type { HostCreate, HostListQuery, HostUpdate, HostView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { canonicalAddress } from '../../platform/index.js';
import { ResourceStore, type Rows } from '../../resource/index.js';
import { AssetEntity } from './asset.entity.js';
import { hostList, hostResource } from './host.resource.js';

/** Hosts: assets that are reached by SSH. */
@Injectable()
export class Hosts {
  constructor(
    private readonly store: ResourceStore,
    private readonly database: Database,
  ) {}

  list(ctx: OrgCtx, query: HostListQuery): Promise<Rows<HostView>> {
    return this.store.list(ctx, hostResource, hostList, query);
  }

  /** Throws ASSET_NOT_FOUND. */
  view(ctx: OrgCtx, id: string): Promise<HostView> {
    return this.store.view(ctx, hostResource, id);
  }

  async findByName(ctx: OrgCtx, name: string): Promise<HostView | undefined> {
    const asset = await this.store.find(ctx, hostResource, { name });
    return asset && this.store.show(hostResource, asset);
  }

  /** Returns the ids that are not an asset's of the organization. */
  async missing(ctx: OrgCtx, ids: readonly string[]): Promise<string[]> {
    return this.database.tenant(ctx, AssetEntity).missing(ids);
  }

  /** Throws ASSET_NAME_TAKEN. */
  async create(ctx: OrgCtx, given: HostCreate): Promise<HostView> {
    const { is_active: isActive, address, ...rest } = given;
    const asset: AssetEntity = { ...rest, address: canonicalAddress(address), isActive, category: 'host', ...this.store.origin(ctx) };
    return this.store.show(hostResource, await this.store.create(ctx, hostResource, asset));
  }

  /** Changes a host. Pinned host keys stay: at another address it has to present one of them too. Throws ASSET_NOT_FOUND, ASSET_NAME_TAKEN and VersionStale. */
  async update(ctx: OrgCtx, id: string, given: HostUpdate, ifMatch?: string): Promise<HostView> {
    return this.store.show(hostResource, await this.store.update(ctx, hostResource, id, given, { ifMatch }));
  }

  /** Deletes the accounts, pinned keys and permission entries of the host too; recordings stay. Throws ASSET_NOT_FOUND and VersionStale. */
  async remove(ctx: OrgCtx, id: string, ifMatch?: string): Promise<void> {
    await this.store.remove(ctx, hostResource, id, { ifMatch });
  }
}
