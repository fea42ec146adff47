import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { ComponentEntity, type ComponentKind } from './component.entity.js';

/** A process as the domain sees it. */
export type Component = Readonly<ComponentEntity>;

/** What a process says about itself. */
export interface SignOfLife {
  readonly id: string;
  readonly kind: ComponentKind;
  readonly address: string;
  readonly sessionCount: number;
}

/** Which components to list. */
export interface ComponentFilter {
  readonly kind: ComponentKind | undefined;
  readonly search: string;
  readonly order: { readonly field: 'id' | 'kind' | 'dateLastSeen'; readonly direction: 'ASC' | 'DESC' };
  readonly limit: number;
  readonly offset: number;
}

@Injectable()
export class ComponentRepository {
  constructor(private readonly database: Database) {}

  async seen(ctx: Ctx, { id, ...sign }: SignOfLife, at: Date): Promise<void> {
    await this.database
      .manager(ctx)
      .createQueryBuilder()
      .insert()
      .into(ComponentEntity)
      .values({ id, ...sign, dateFirstSeen: at, dateLastSeen: at })
      .orUpdate(['kind', 'address', 'session_count', 'date_last_seen'], ['id'])
      .execute();
  }

  async list(ctx: Ctx, filter: ComponentFilter): Promise<{ count: number; rows: Component[] }> {
    const query = this.database.manager(ctx).createQueryBuilder(ComponentEntity, 'component');
    if (filter.kind) query.andWhere('component.kind = :kind', { kind: filter.kind });
    if (filter.search)
      query.andWhere('(strpos(lower(component.id), lower(:search)) > 0 OR strpos(lower(component.address), lower(:search)) > 0)', {
        search: filter.search,
      });
    query
      .orderBy(`component.${filter.order.field}`, filter.order.direction)
      .addOrderBy('component.id')
      .limit(filter.limit)
      .offset(filter.offset);
    const [rows, count] = await query.getManyAndCount();
    return { count, rows };
  }

  /** Forgets processes that nobody has heard of since. */
  async forget(ctx: Ctx, before: Date): Promise<void> {
    await this.database
      .manager(ctx)
      .createQueryBuilder()
      .delete()
      .from(ComponentEntity)
      .where('date_last_seen < :before', { before })
      .execute();
  }
}
