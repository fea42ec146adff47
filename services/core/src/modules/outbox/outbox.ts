import { Injectable } from '@nestjs/common';
import type { EventDef } from '@sallyport/bus';
import { uuidv7, type Ctx } from '@sallyport/context';
import { OutboxRepository } from './outbox.repository.js';

/** Keeps facts that have to be published, in the transaction that makes them true. */
@Injectable()
export class Outbox {
  constructor(private readonly events: OutboxRepository) {}

  /**
   * Keeps a fact. It is published once the transaction has committed, at least once, with the same event id however often;
   * facts about the same `aggregate` (an id) in the order they were kept. Throws outside a transaction.
   */
  async add<T>(ctx: Ctx, event: EventDef<T>, message: T, aggregate: string): Promise<void> {
    if (!ctx.tx) throw new Error(`${event.subject} was put into the outbox outside a transaction`);
    const payload = Buffer.from(event.codec.encode(message).finish());
    await this.events.add(ctx, { id: uuidv7(), subject: event.subject, payload, aggregate });
  }
}
