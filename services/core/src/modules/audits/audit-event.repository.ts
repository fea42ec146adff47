import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { AuditEventEntity, AuditHeadEntity } from './audit-event.entity.js';

/** The end of the chain. */
export interface ChainHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

@Injectable()
export class AuditEventRepository {
  constructor(private readonly database: Database) {}

  /** The end of the chain, held until the transaction ends: events are added one after the other. */
  async lockHead(ctx: Ctx): Promise<ChainHead> {
    return this.database
      .manager(ctx)
      .createQueryBuilder(AuditHeadEntity, 'head')
      .setLock('pessimistic_write')
      .where('head.id = 1')
      .getOneOrFail();
  }

  async readHead(ctx: Ctx): Promise<ChainHead> {
    return this.database.manager(ctx).findOneByOrFail(AuditHeadEntity, { id: 1 });
  }

  async append(ctx: Ctx, events: readonly AuditEventEntity[], head: ChainHead): Promise<void> {
    const manager = this.database.manager(ctx);
    await manager.insert(AuditEventEntity, [...events]);
    await manager.update(AuditHeadEntity, { id: 1 }, { seq: head.seq, hash: head.hash });
  }

  /** Events after a place in the chain, in its order. */
  async after(ctx: Ctx, seq: bigint, limit: number): Promise<AuditEventEntity[]> {
    return this.database
      .manager(ctx)
      .createQueryBuilder(AuditEventEntity, 'event')
      .where('event.seq > :seq', { seq: seq.toString() })
      .orderBy('event.seq')
      .limit(limit)
      .getMany();
  }
}
