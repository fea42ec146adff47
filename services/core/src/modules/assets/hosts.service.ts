import { Inject, Injectable } from '@nestjs/common';
import type { HostCreate, HostListQuery, HostUpdate, HostView } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { actorName, CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import type { AssetEntity } from './asset.entity.js';
import { AssetNotFound } from './asset.errors.js';
import { AssetRepository } from './asset.repository.js';
import { toHostView } from './host.view.js';

/** Hosts: assets that are reached by SSH. */
@Injectable()
export class Hosts {
  constructor(
    private readonly database: Database,
    private readonly assets: AssetRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(ctx: Ctx, orgId: string, query: HostListQuery): Promise<Rows<HostView>> {
    const { rows, count } = await this.assets.list(ctx, orgId, query);
    return { count, rows: rows.map(toHostView) };
  }

  async view(ctx: Ctx, orgId: string, id: string): Promise<HostView> {
    return toHostView(await this.need(ctx, orgId, id));
  }

  async findByName(ctx: Ctx, orgId: string, name: string): Promise<HostView | undefined> {
    const asset = await this.assets.findByName(ctx, orgId, name);
    return asset && toHostView(asset);
  }

  /** Which of these ids are no asset's of the organization. */
  async missing(ctx: Ctx, orgId: string, ids: readonly string[]): Promise<string[]> {
    const found = new Set((await this.assets.findMany(ctx, orgId, ids)).map(({ id }) => id));
    return ids.filter((id) => !found.has(id));
  }

  /** Refuses a name that is taken. */
  async create(ctx: Ctx, orgId: string, given: HostCreate): Promise<HostView> {
    const now = new Date(this.clock.now());
    const { is_active: isActive, ...rest } = given;
    const asset: AssetEntity = {
      ...rest,
      isActive,
      id: uuidv7(),
      orgId,
      category: 'host',
      createdBy: actorName(ctx.actor),
      dateCreated: now,
      dateUpdated: now,
    };
    await this.database.run(ctx, async (inside) => {
      await this.assets.add(inside, asset);
      await this.trace(inside, 'asset.created', asset, { address: asset.address, port: asset.port });
    });
    return toHostView(asset);
  }

  /** Refuses a name that is taken. Pinned host keys stay: another address must show the same keys. */
  async update(ctx: Ctx, orgId: string, id: string, { is_active: isActive, ...given }: HostUpdate): Promise<HostView> {
    const changes = { ...present(given), ...(isActive !== undefined && { isActive }), dateUpdated: new Date(this.clock.now()) };
    return this.database.run(ctx, async (inside) => {
      const before = await this.need(inside, orgId, id);
      await this.assets.change(inside, id, changes);
      const changed = Object.keys(changes).filter((name) => name !== 'dateUpdated');
      await this.trace(inside, 'asset.updated', before, { changed: changed.sort().join(',') });
      return toHostView({ ...before, ...changes });
    });
  }

  /** Its accounts, pinned keys and place in permissions go too; what was recorded stays. */
  async remove(ctx: Ctx, orgId: string, id: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const asset = await this.need(inside, orgId, id);
      await this.assets.remove(inside, id);
      await this.trace(inside, 'asset.deleted', asset, { address: asset.address, port: asset.port });
    });
  }

  private async need(ctx: Ctx, orgId: string, id: string): Promise<AssetEntity> {
    const asset = await this.assets.find(ctx, orgId, id);
    if (!asset) throw new AssetNotFound(id);
    return asset;
  }

  private async trace(
    ctx: Ctx,
    type: 'asset.created' | 'asset.updated' | 'asset.deleted',
    asset: AssetEntity,
    facts: Record<string, string | number>,
  ): Promise<void> {
    const resource = { kind: 'asset', id: asset.id, name: asset.name } as const;
    await this.audit.write(ctx, { type, outcome: 'success', orgId: asset.orgId, resource, facts });
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that were not given. */
const present = <T extends object>(given: T): Present<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
