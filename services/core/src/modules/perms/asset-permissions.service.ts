import { Inject, Injectable } from '@nestjs/common';
import type { AssetPermissionCreate, AssetPermissionListQuery, AssetPermissionUpdate, AssetPermissionView } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { actorName, CLOCK } from '../../platform/index.js';
import { Hosts } from '../assets/index.js';
import { AuditLog } from '../audits/index.js';
import { Users } from '../users/index.js';
import { ACTIONS } from './action.js';
import type { AssetPermissionEntity } from './asset-permission.entity.js';
import { AssetPermissionDatesWrong, AssetPermissionNamesUnknown, AssetPermissionNotFound } from './asset-permission.errors.js';
import { AssetPermissionRepository, type FullPermission } from './asset-permission.repository.js';
import { toAssetPermissionView } from './asset-permission.view.js';

type AuditedChange = 'asset-permission.created' | 'asset-permission.updated' | 'asset-permission.deleted';

@Injectable()
export class AssetPermissions {
  constructor(
    private readonly database: Database,
    private readonly permissions: AssetPermissionRepository,
    private readonly users: Users,
    private readonly hosts: Hosts,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(ctx: Ctx, orgId: string, query: AssetPermissionListQuery): Promise<Rows<AssetPermissionView>> {
    const { rows, count } = await this.permissions.list(ctx, orgId, query, this.now());
    return { count, rows: rows.map((each) => toAssetPermissionView(each, this.now())) };
  }

  async view(ctx: Ctx, orgId: string, id: string): Promise<AssetPermissionView> {
    return toAssetPermissionView(await this.need(ctx, orgId, id), this.now());
  }

  async findByName(ctx: Ctx, orgId: string, name: string): Promise<AssetPermissionView | undefined> {
    const found = await this.permissions.findByName(ctx, orgId, name);
    return found && toAssetPermissionView(found, this.now());
  }

  /** Refuses a taken name, dates in the wrong order, and users and assets that are not there. */
  async create(ctx: Ctx, orgId: string, given: AssetPermissionCreate): Promise<AssetPermissionView> {
    const permission = this.rowOf(ctx, orgId, given);
    refuseWrongDates(permission);
    const names = { userIds: unique(given.users ?? []), assetIds: unique(given.assets ?? []) };
    return this.database.run(ctx, async (inside) => {
      await this.permissions.add(inside, permission);
      await this.name(inside, permission, names);
      await this.trace(inside, 'asset-permission.created', permission, {
        ...factsOf(permission),
        users: names.userIds.length,
        assets: names.assetIds.length,
      });
      return toAssetPermissionView({ permission, ...names }, this.now());
    });
  }

  /** Refuses as create does. Lists that are given replace what was there. */
  async update(ctx: Ctx, orgId: string, id: string, given: AssetPermissionUpdate): Promise<AssetPermissionView> {
    const changes = { ...columnsOf(given), dateUpdated: this.now() };
    const names = { ...(given.users && { userIds: unique(given.users) }), ...(given.assets && { assetIds: unique(given.assets) }) };
    return this.database.run(ctx, async (inside) => {
      const before = await this.need(inside, orgId, id);
      const permission = { ...before.permission, ...changes };
      refuseWrongDates(permission);
      await this.permissions.change(inside, id, changes);
      await this.name(inside, permission, names);
      await this.trace(inside, 'asset-permission.updated', permission, {
        ...factsOf(permission),
        changed: Object.keys(given).sort().join(','),
      });
      return toAssetPermissionView({ ...before, ...names, permission }, this.now());
    });
  }

  async remove(ctx: Ctx, orgId: string, id: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const { permission } = await this.need(inside, orgId, id);
      await this.permissions.remove(inside, id);
      await this.trace(inside, 'asset-permission.deleted', permission, factsOf(permission));
    });
  }

  private async name(
    ctx: Ctx,
    { id, orgId }: AssetPermissionEntity,
    { userIds, assetIds }: { userIds?: readonly string[]; assetIds?: readonly string[] },
  ): Promise<void> {
    const unknownUsers = userIds ? await this.users.missing(ctx, userIds) : [];
    if (unknownUsers.length > 0) throw new AssetPermissionNamesUnknown('users', unknownUsers);
    const unknownAssets = assetIds ? await this.hosts.missing(ctx, orgId, assetIds) : [];
    if (unknownAssets.length > 0) throw new AssetPermissionNamesUnknown('assets', unknownAssets);
    if (userIds) await this.permissions.nameUsers(ctx, id, userIds);
    if (assetIds) await this.permissions.nameAssets(ctx, id, assetIds);
  }

  private rowOf(ctx: Ctx, orgId: string, given: AssetPermissionCreate): AssetPermissionEntity {
    const now = this.now();
    return {
      id: uuidv7(),
      orgId,
      name: given.name,
      accounts: unique(given.accounts ?? []),
      actions: [...ACTIONS],
      dateStart: given.date_start === undefined ? now : new Date(given.date_start),
      dateExpired: given.date_expired ? new Date(given.date_expired) : null,
      isActive: given.is_active ?? true,
      comment: given.comment ?? '',
      createdBy: actorName(ctx.actor),
      dateCreated: now,
      dateUpdated: now,
    };
  }

  private async need(ctx: Ctx, orgId: string, id: string): Promise<FullPermission> {
    const found = await this.permissions.find(ctx, orgId, id);
    if (!found) throw new AssetPermissionNotFound(id);
    return found;
  }

  private async trace(
    ctx: Ctx,
    type: AuditedChange,
    permission: AssetPermissionEntity,
    facts: Record<string, string | number | boolean>,
  ): Promise<void> {
    const resource = { kind: 'asset-permission', id: permission.id, name: permission.name } as const;
    await this.audit.write(ctx, { type, outcome: 'success', orgId: permission.orgId, resource, facts });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

function refuseWrongDates({ dateStart, dateExpired }: AssetPermissionEntity): void {
  if (dateExpired !== null && dateExpired <= dateStart) throw new AssetPermissionDatesWrong(dateStart, dateExpired);
}

const factsOf = (permission: AssetPermissionEntity) => ({
  accounts: permission.accounts.join(' '),
  is_active: permission.isActive,
  date_expired: permission.dateExpired?.toISOString() ?? 'never',
});

const columnsOf = (given: AssetPermissionUpdate): Partial<AssetPermissionEntity> => ({
  ...(given.name !== undefined && { name: given.name }),
  ...(given.accounts !== undefined && { accounts: unique(given.accounts) }),
  ...(given.date_start !== undefined && { dateStart: new Date(given.date_start) }),
  ...(given.date_expired !== undefined && { dateExpired: given.date_expired === null ? null : new Date(given.date_expired) }),
  ...(given.is_active !== undefined && { isActive: given.is_active }),
  ...(given.comment !== undefined && { comment: given.comment }),
});
