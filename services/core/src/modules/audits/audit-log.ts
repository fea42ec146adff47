import { Inject, Injectable } from '@nestjs/common';
import { uuidv7, type Actor, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import type { AuditEventEntity } from './audit-event.entity.js';
import { AuditEventRepository } from './audit-event.repository.js';
import type { AuditActor, AuditEvent } from './audit-event.js';
import { hashEvent } from './canonical-event.js';
import { ChainMemory } from './chain-memory.js';

/** Keeps audit events. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly memory: ChainMemory,
  ) {}

  /**
   * Keeps an event in the running transaction, or in one of its own: the change and its event are kept together or not at all.
   * The event is chained at the end of the transaction, so that the lock on the chain's head is held shortly and taken last.
   */
  async write(ctx: OrgCtx, event: AuditEvent): Promise<void> {
    if (!ctx.tx) return this.database.run(ctx, (inside) => this.write(inside, event));
    const row = wellFormed(this.rowOf(ctx, event));
    this.database.beforeCommit(ctx, (inside) => this.chain(inside, row));
  }

  private async chain(ctx: Ctx, row: Omit<AuditEventEntity, 'seq' | 'prevHash' | 'hash'>): Promise<void> {
    const head = await this.events.lockHead(ctx);
    this.memory.checkHead(head);
    const linked = { ...row, seq: head.seq + 1n, prevHash: head.hash };
    const hash = hashEvent(linked);
    const written = { seq: linked.seq, hash };
    await this.events.append(ctx, [{ ...linked, hash }], written);
    this.database.afterCommit(ctx, () => this.memory.remember(head, written));
  }

  private rowOf(ctx: OrgCtx, event: AuditEvent): Omit<AuditEventEntity, 'seq' | 'prevHash' | 'hash'> {
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

type ActorColumns = Pick<AuditEventEntity, 'actorKind' | 'actorId' | 'actorName' | 'sourceIp'>;

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
