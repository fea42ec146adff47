import { Injectable } from '@nestjs/common';
import type { ComponentListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { Database, type Table } from '../../database/index.js';
import { listRows, type Rows } from '../../resource/index.js';
import { ComponentEntity, type ComponentKind } from './component.entity.js';
import { componentList } from './component.list.js';

/** A process as the domain sees it. */
export type Component = Readonly<ComponentEntity>;

/** A report of a process that it is alive. */
export interface Heartbeat {
  readonly id: string;
  readonly kind: ComponentKind;
  readonly address: string;
  readonly sessionCount: number;
}

@Injectable()
export class ComponentRepository {
  constructor(private readonly database: Database) {}

  async recordHeartbeat(ctx: Ctx, { id, ...heartbeat }: Heartbeat, at: Date): Promise<void> {
    await this.table(ctx).upsert(
      { id, ...heartbeat, dateFirstSeen: at, dateLastSeen: at },
      ['id'],
      ['kind', 'address', 'sessionCount', 'dateLastSeen'],
    );
  }

  list(ctx: Ctx, query: ComponentListQuery): Promise<Rows<Component>> {
    return listRows(this.table(ctx).select(componentList.alias), componentList, query);
  }

  /** Deletes processes whose last heartbeat was before a time. */
  async deleteSilent(ctx: Ctx, before: Date): Promise<void> {
    await this.database.sql(ctx, 'DELETE FROM core.component WHERE date_last_seen < $1', [before]);
  }

  private table(ctx: Ctx): Table<ComponentEntity> {
    return this.database.global(ctx, ComponentEntity);
  }
}
