import { Injectable } from '@nestjs/common';
import type { AuditChainView } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { AuditEventEntity } from './audit-event.entity.js';
import { AuditEventRepository, type ChainHead } from './audit-event.repository.js';
import { CHAIN_START, hashEvent } from './canonical-event.js';

const BATCH = 1000;

/** Walks the audit chain. */
@Injectable()
export class VerifyChain {
  constructor(private readonly events: AuditEventRepository) {}

  /** Checks every event and the chain's end; finds what was changed, removed, put in or cut off. */
  async verify(ctx: Ctx): Promise<AuditChainView> {
    const head = await this.events.readHead(ctx);
    let last: ChainHead = { seq: 0n, hash: CHAIN_START };
    while (last.seq < head.seq) {
      const batch = await this.events.after(ctx, last.seq, BATCH);
      if (batch.length === 0) break;
      for (const event of batch) {
        // Events that were appended after the head was read are checked next time.
        if (event.seq > head.seq) break;
        const problem = problemOf(event, last);
        if (problem) return { is_intact: false, checked: Number(last.seq), broken_at: Number(last.seq + 1n), problem };
        last = event;
      }
    }
    return ends(last, head);
  }
}

function problemOf(event: AuditEventEntity, last: ChainHead): string | undefined {
  if (event.seq !== last.seq + 1n) return `event ${last.seq + 1n} is missing`;
  if (!event.prevHash.equals(last.hash)) return `event ${event.seq} does not follow on the one before it`;
  return hashEvent(event).equals(event.hash) ? undefined : `event ${event.seq} was changed`;
}

function ends(last: ChainHead, head: ChainHead): AuditChainView {
  const checked = Number(last.seq);
  if (last.seq === head.seq && last.hash.equals(head.hash)) return { is_intact: true, checked, broken_at: null, problem: null };
  return {
    is_intact: false,
    checked,
    broken_at: checked + 1,
    problem: `the chain ends at event ${last.seq}, though ${head.seq} were written`,
  };
}
