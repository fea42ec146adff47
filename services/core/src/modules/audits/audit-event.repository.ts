import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { AuditEventEntity, AuditHeadEntity } from './audit-event.entity.js';

/** The head of the chain: number and hash of its last event. */
export interface ChainHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

@Injectable()
export class AuditEventRepository {
  constructor(private readonly database: Database) {}

  /** Returns the head of the chain, locked until the transaction ends: events are appended one after the other. */
  async lockHead(ctx: Ctx): Promise<ChainHead> {
    return there(await this.database.global(ctx, AuditHeadEntity).lock({ id: 1 }));
  }

  async readHead(ctx: Ctx): Promise<ChainHead> {
    return there(await this.database.global(ctx, AuditHeadEntity).find({ id: 1 }));
  }

  async append(ctx: Ctx, events: readonly AuditEventEntity[], head: ChainHead): Promise<void> {
    await this.database.everyOrg(ctx, AuditEventEntity).insert(events);
    await this.database.global(ctx, AuditHeadEntity).update({ id: 1 }, { seq: head.seq, hash: head.hash });
  }

  /** Returns the hashes of events by number; an event that is missing is not among them. */
  async hashesOf(ctx: Ctx, seqs: readonly bigint[]): Promise<Map<bigint, Buffer>> {
    if (seqs.length === 0) return new Map();
    const select = this.database.everyOrg(ctx, AuditEventEntity).select('event');
    const rows = await select.andWhere('event.seq = ANY (:seqs)', { seqs: seqs.map(String) }).getMany();
    return new Map(rows.map(({ seq, hash }) => [seq, hash]));
  }

  /** Returns the events behind a place of the chain, in its order: one chain holds the events of all organizations. */
  async after(ctx: Ctx, seq: bigint, limit: number): Promise<AuditEventEntity[]> {
    const select = this.database.everyOrg(ctx, AuditEventEntity).select('event');
    return select.andWhere('event.seq > :seq', { seq: seq.toString() }).orderBy('event.seq').limit(limit).getMany();
  }
}

function there(head: AuditHeadEntity | undefined): AuditHeadEntity {
  if (!head) throw new Error('the row of core.audit_head is missing');
  return head;
}
