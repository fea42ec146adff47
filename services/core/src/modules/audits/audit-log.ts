import { Inject, Injectable } from '@nestjs/common';
import { uuidv7, type Actor, type Clock, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import { AuditEventRepository } from './audit-event.repository.js';
import { eventJson } from './audit-event.sql.js';
import type { AuditActor, AuditEvent } from './audit-event.js';
import { LinkChain } from './link-chain.service.js';

/** Keeps audit events. They are linked into the chain soon after, see `LinkChain`. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly links: LinkChain,
  ) {}

  /** Keeps an event in the running transaction, or by itself: the change and its event are kept together or not at all. It takes no lock. */
  async write(ctx: OrgCtx, event: AuditEvent): Promise<void> {
    await this.writeWith(ctx, event, async (json) => {
      await this.events.insert(ctx, json);
      return true;
    });
  }

  /**
   * Keeps an event by the statement that makes the change: it has `insertEventSql` with the JSON that it is given. Returns what the statement
   * returns: false if it changed nothing and wrote no event.
   */
  async writeWith(ctx: OrgCtx, event: AuditEvent, statement: (json: string) => Promise<boolean>): Promise<boolean> {
    const row = wellFormed(this.rowOf(ctx, event));
    const { noted } = this.links;
    const isWritten = await statement(eventJson(row));
    if (isWritten) this.database.afterCommit(ctx, () => this.links.note(row, noted));
    return isWritten;
  }

  private rowOf(ctx: OrgCtx, event: AuditEvent): NewAuditEvent {
    const { resource } = event;
    return {
      id: uuidv7(),
      orgId: ctx.orgId,
      type: event.type,
      outcome: event.outcome,
      ...(event.actor ? namedActor(event.actor) : contextActor(ctx.actor)),
      resourceKind: resource?.kind ?? null,
      resourceId: resource?.id ?? null,
      resourceName: resource?.name ?? null,
      facts: event.facts ?? {},
      requestId: ctx.requestId,
      dateCreated: new Date(this.clock.now()),
    };
  }
}

/**
 * Returns a value with U+FFFD for each half of a surrogate pair, at every depth. PostgreSQL stores text as UTF-8, which has none:
 * the stored event would differ from the hashed one, and jsonb refuses it.
 */
function wellFormed<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toWellFormed(), wellFormed(each)])) as T;
}

type ActorColumns = Pick<NewAuditEvent, 'actorKind' | 'actorId' | 'actorName' | 'sourceIp'>;

const namedActor = ({ userId, username, sourceIp }: AuditActor): ActorColumns => ({
  actorKind: 'user',
  actorId: userId ?? null,
  actorName: username,
  sourceIp: sourceIp ?? null,
});

function contextActor(actor: Actor): ActorColumns {
  switch (actor.kind) {
    case 'user':
      return namedActor(actor);
    case 'service':
    case 'system':
      return { actorKind: actor.kind, actorId: null, actorName: actor.name, sourceIp: null };
  }
}
