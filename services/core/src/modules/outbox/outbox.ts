import { Injectable } from '@nestjs/common';
import type { EventDef } from '@sallyport/bus';
import { uuidv7, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { OutboxAlarm } from './outbox-alarm.js';
import { factJson, OutboxRepository } from './outbox.repository.js';

/** Keeps facts that have to be published, in the transaction that makes them true. */
@Injectable()
export class Outbox {
  constructor(
    private readonly events: OutboxRepository,
    private readonly database: Database,
    private readonly alarm: OutboxAlarm,
  ) {}

  /**
   * Keeps a fact. It is published once the transaction has committed, at least once, with the same event id however often;
   * facts about the same `aggregate` (an id) in the order they were kept. Throws outside a transaction.
   */
  async add<T>(ctx: Ctx, event: EventDef<T>, message: T, aggregate: string): Promise<void> {
    if (!ctx.tx) throw new Error(`${event.subject} was put into the outbox outside a transaction`);
    await this.events.add(ctx, this.factOf(event, message, aggregate));
    this.added(ctx);
  }

  /** Returns a fact for the statement that makes it true, see `insertFactSql`. After that statement `added` is called. */
  factOf<T>(event: EventDef<T>, message: T, aggregate: string): string {
    return factJson({ id: uuidv7(), subject: event.subject, payload: Buffer.from(event.codec.encode(message).finish()), aggregate });
  }

  /** Wakes the relay for what the running transaction, or the last statement, added, once it is committed. */
  added(ctx: Ctx): void {
    this.database.afterCommit(ctx, () => this.alarm.ring());
  }
}
