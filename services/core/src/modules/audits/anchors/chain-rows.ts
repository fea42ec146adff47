import type { Ctx } from '@sallyport/context';
import type { ChainRow, RowSource } from '@sallyport/crypto';
import type { LinkedEvent } from '../audit-link.entity.js';
import type { AuditEventRepository } from '../audit-event.repository.js';
import { hashEvent } from '../canonical-event.js';

const BATCH = 1000;

/** Returns the events behind a place as the check reads them, in batches. At the end it looks again at each call: events are being written. */
export function chainRows(ctx: Ctx, events: AuditEventRepository, after: bigint): RowSource {
  let batch: LinkedEvent[] = [];
  let last = after;
  return {
    async next() {
      if (batch.length === 0) batch = await events.after(ctx, last, BATCH);
      const event = batch.shift();
      if (!event) return undefined;
      last = event.seq;
      return toRow(event);
    },
  };
}

const toRow = (event: LinkedEvent): ChainRow => ({
  seq: event.seq,
  prevHash: event.prevHash.toString('hex'),
  hash: event.hash.toString('hex'),
  ownHash: hashEvent(event).toString('hex'),
});
