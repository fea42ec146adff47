import { Injectable } from '@nestjs/common';
import type { AssetPermissionCreate, AssetPermissionListQuery, AssetPermissionUpdate, AssetPermissionView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database, missingReference } from '../../database/index.js';
import { givenColumns, ResourceStore, unique, type Rows } from '../../resource/index.js';
import { Hosts } from '../assets/index.js';
import { Users } from '../users/index.js';
import { ACTIONS } from './action.js';
import type { AssetPermissionEntity } from './asset-permission.entity.js';
import { AssetPermissionDatesWrong, AssetPermissionNamesUnknown } from './asset-permission.errors.js';
import { permissionList, permissionResource } from './asset-permission.resource.js';
import { nameAssets, nameUsers } from './named-rows.repository.js';

/** Users and assets that a request names; an absent list stays as it is. */
interface Named {
  readonly users?: string[];
  readonly assets?: string[];
}

@Injectable()
export class AssetPermissions {
  constructor(
    private readonly store: ResourceStore,
    private readonly database: Database,
    private readonly users: Users,
    private readonly hosts: Hosts,
  ) {}

  list(ctx: OrgCtx, query: AssetPermissionListQuery): Promise<Rows<AssetPermissionView>> {
    return this.store.list(ctx, permissionResource, permissionList(this.store.now()), query);
  }

  /** Throws ASSET_PERMISSION_NOT_FOUND. */
  view(ctx: OrgCtx, id: string): Promise<AssetPermissionView> {
    return this.store.view(ctx, permissionResource, id);
  }

  async findByName(ctx: OrgCtx, name: string): Promise<AssetPermissionView | undefined> {
    const found = await this.store.find(ctx, permissionResource, { name });
    return found && this.store.show(permissionResource, found);
  }

  /** Throws ASSET_PERMISSION_NAME_TAKEN, AssetPermissionDatesWrong and AssetPermissionNamesUnknown. */
  async create(ctx: OrgCtx, given: AssetPermissionCreate): Promise<AssetPermissionView> {
    const permission = this.rowOf(ctx, given);
    refuseWrongDates(permission);
    const write = (inside: OrgCtx) => this.name(inside, permission.id, namedBy(given));
    return this.store.show(permissionResource, await this.store.create(ctx, permissionResource, permission, { write }));
  }

  /** Lists that are given replace those of the permission. Throws as `create` does, ASSET_PERMISSION_NOT_FOUND and VersionStale. */
  async update(ctx: OrgCtx, id: string, given: AssetPermissionUpdate, ifMatch?: string): Promise<AssetPermissionView> {
    const named = namedBy(given);
    await this.store.change(
      ctx,
      permissionResource,
      id,
      () => ({ columns: givenColumns(permissionResource.fields, given), related: named }),
      {
        ifMatch,
        check: (_, __, after) => after && refuseWrongDates(after),
        write: (inside) => this.name(inside, id, named),
      },
    );
    return this.view(ctx, id); // its warnings depend on what has been written
  }

  /** Throws ASSET_PERMISSION_NOT_FOUND and VersionStale. */
  async remove(ctx: OrgCtx, id: string, ifMatch?: string): Promise<void> {
    await this.store.remove(ctx, permissionResource, id, { ifMatch });
  }

  private async name(ctx: OrgCtx, id: string, { users, assets }: Named): Promise<void> {
    const unknownUsers = users ? await this.users.missing(ctx, users) : [];
    if (unknownUsers.length > 0) throw new AssetPermissionNamesUnknown('users', unknownUsers);
    const unknownAssets = assets ? await this.hosts.missing(ctx, assets) : [];
    if (unknownAssets.length > 0) throw new AssetPermissionNamesUnknown('assets', unknownAssets);
    if (users) await deletedMeanwhile('users', nameUsers(this.database, ctx, id, users));
    if (assets) await deletedMeanwhile('assets', nameAssets(this.database, ctx, id, assets));
  }

  private rowOf(ctx: OrgCtx, given: AssetPermissionCreate): AssetPermissionEntity {
    const origin = this.store.origin(ctx);
    const defaults = { accounts: [], actions: [...ACTIONS], dateStart: origin.dateCreated, dateExpired: null, isActive: true, comment: '' };
    return { ...defaults, name: given.name, ...givenColumns(permissionResource.fields, given), ...origin };
  }
}

/** Turns the violation of a foreign key into AssetPermissionNamesUnknown: a named row was deleted after it was looked up. */
async function deletedMeanwhile(what: 'users' | 'assets', work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const id = missingReference(error);
    throw id === undefined ? error : new AssetPermissionNamesUnknown(what, [id]);
  }
}

const namedBy = ({ users, assets }: AssetPermissionUpdate): Named => ({
  ...(users && { users: unique(users).sort() }),
  ...(assets && { assets: unique(assets).sort() }),
});

function refuseWrongDates({ dateStart, dateExpired }: AssetPermissionEntity): void {
  if (dateExpired !== null && dateExpired <= dateStart) throw new AssetPermissionDatesWrong(dateStart, dateExpired);
}
