import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import type { LinkedEvent } from '../audit-link.entity.js';
import { AuditEventRepository } from '../audit-event.repository.js';
import { canonicalEvent } from '../canonical-event.js';
import { LinkChain } from '../link-chain.service.js';

const BATCH = 1000;

/** Exports the audit chain for a check without this server. */
@Injectable()
export class ExportChain {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly links: LinkChain,
  ) {}

  /**
   * Returns the chain as lines of JSON, in pieces that are made as they are read. A line is the canonical text of an event, whose SHA-256 is
   * the event's hash. Of another organization's event it has the hashes alone. Events that wait for their place are
   * linked first. The last line says that the export is complete.
   */
  async *lines(ctx: OrgCtx): AsyncGenerator<Buffer, void, undefined> {
    await this.links.link(ctx);
    let last = 0n;
    for (;;) {
      const batch = await this.events.after(ctx, last, BATCH);
      if (batch.length === 0) break;
      last = batch.at(-1)?.seq ?? last;
      yield Buffer.from(batch.map((event) => `${lineOf(event, ctx.orgId)}\n`).join(''));
    }
    yield Buffer.from(`${JSON.stringify({ end: last.toString() })}\n`);
  }
}

function lineOf(event: LinkedEvent, orgId: string): string {
  if (event.orgId === orgId) return canonicalEvent(event);
  const withheld = { seq: event.seq.toString(), prev_hash: event.prevHash.toString('hex'), hash: event.hash.toString('hex') };
  return JSON.stringify({ withheld });
}
