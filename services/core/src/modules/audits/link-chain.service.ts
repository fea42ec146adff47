import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx } from '@sallyport/context';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { Database, violatedConstraint } from '../../database/index.js';
import { CLOCK, LOGGER, METRICS, type Job } from '../../platform/index.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import { AuditEventRepository } from './audit-event.repository.js';
import type { LinkedEvent } from './audit-link.entity.js';
import { AuditLinkRepository, type ChainHead, type LockedHead, type Waiting } from './audit-link.repository.js';
import { hashEvent } from './canonical-event.js';
import { ChainMemory } from './chain-memory.js';

/** Time between a commit and the round that links its events: one round for all that commit meanwhile. */
const AFTER_COMMIT_MS = 100;
/** Pause after a round, as a multiple of its duration: rounds never keep the database busy. */
const PAUSE_PER_ROUND = 4;
const BATCH = 1_000;

/**
 * Links audit events into the chain, many at a time and behind their commits. No change waits for the lock on the chain's head. Any core process
 * links the events of all. A process that dies before it linked its events leaves them to the next round of any other.
 */
@Injectable()
export class LinkChain implements Job, BeforeApplicationShutdown {
  readonly name = 'audit-links';
  readonly isFirstAtStart = true;
  /** For events of a process that died, and so that the head keeps up with rolled back ones. */
  readonly everyMs = 2_000;
  readonly #stop = new AbortController();
  #isWoken = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #lastRoundMs = 0;
  /** Time of the oldest event that the last round could not link. */
  #stuckSince: Date | undefined;

  constructor(
    private readonly database: Database,
    private readonly events: AuditEventRepository,
    private readonly links: AuditLinkRepository,
    private readonly memory: ChainMemory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    metrics.gauge(
      'core_audit_unlinked_events',
      'Audit events that this process has written and that are not linked',
      [],
      () => this.memory.waiting.length,
    );
    metrics.gauge(
      'core_audit_unlinked_age_seconds',
      'Age of the oldest audit event that this process knows and that is not linked',
      [],
      () => this.age(),
    );
  }

  /** Returns the number of events that this process has committed. */
  get noted(): number {
    return this.memory.noted;
  }

  /** Remembers an event that this process committed, and links it soon. `before` is what `noted` was before it was written. */
  note(event: NewAuditEvent, before: number): void {
    this.memory.note(event, before);
    if (this.#isWoken || this.#stop.signal.aborted) return;
    this.#isWoken = true;
    void this.linkSoon();
  }

  async run(ctx: Ctx): Promise<void> {
    await this.link(ctx);
  }

  /** Links every event that was committed before this call. Rounds of one process follow each other; callers at once share one. */
  async link(ctx: Ctx): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.start(ctx);
    this.#next = this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.start(ctx);
      });
    return this.#next;
  }

  beforeApplicationShutdown(): void {
    this.#stop.abort();
  }

  private async linkSoon(): Promise<void> {
    try {
      await this.clock.sleep(Math.max(AFTER_COMMIT_MS, PAUSE_PER_ROUND * this.#lastRoundMs), this.#stop.signal);
      this.#isWoken = false;
      await this.link(systemCtx(this.name, this.#stop.signal));
    } catch (error) {
      this.#isWoken = false;
      if (!this.#stop.signal.aborted) this.logger.warn({ err: error }, 'audit events could not be linked; the next round tries again');
    }
  }

  private start(ctx: Ctx): Promise<void> {
    const began = this.clock.monotonic();
    this.#running = this.round(ctx).finally(() => {
      this.#running = undefined;
      this.#lastRoundMs = this.clock.monotonic() - began;
    });
    return this.#running;
  }

  private async round(ctx: Ctx): Promise<void> {
    const own = this.memory.waiting;
    if (own.length === 0 && !(await this.links.isBehind(ctx))) return;
    if (!(await this.linkAll(ctx))) return;
    const left = new Set(this.memory.waiting);
    const unseen = own.filter((id) => left.has(id));
    this.memory.looked(unseen, await this.events.find(ctx, unseen));
  }

  /** Returns false if the places behind the head are taken: nothing can be linked any more. */
  private async linkAll(ctx: Ctx): Promise<boolean> {
    try {
      for (let isMore = true; isMore; ) isMore = await this.database.run(ctx, (inside) => this.batch(inside));
      return true;
    } catch (error) {
      if (!violatedConstraint(error)?.startsWith('audit_link_')) throw error;
      this.memory.report({ at: undefined, text: 'the chain has links behind its head: it was set back, or they are forged' });
      return false;
    }
  }

  /** Links a batch. Returns true if more may wait. */
  private async batch(ctx: Ctx): Promise<boolean> {
    const head = await this.links.lockHead(ctx);
    this.memory.checkHead(head);
    const waiting = await this.links.waiting(ctx, head.linkedPosition, BATCH);
    const isAll = waiting.events.length < BATCH;
    const linked = chained(head, waiting.events);
    const { seq, hash } = linked.at(-1) ?? head;
    const positions = isAll ? nextPositions(head, waiting) : head;
    this.#stuckSince = waiting.events[0]?.dateCreated;
    if (linked.length > 0 || positions !== head) await this.links.append(ctx, linked, { ...positions, seq, hash });
    this.database.afterCommit(ctx, () => this.done(head, linked));
    return !isAll;
  }

  private done(head: ChainHead, linked: readonly LinkedEvent[]): void {
    this.#stuckSince = undefined;
    this.memory.linked(head, linked);
  }

  private age(): number {
    const times = [this.memory.waitingSince, this.#stuckSince].flatMap((time) => time?.getTime() ?? []);
    return times.length === 0 ? 0 : Math.max(0, (this.clock.now() - Math.min(...times)) / 1000);
  }
}

/** Returns the events with their places behind the head. */
function chained({ seq, hash }: ChainHead, events: readonly NewAuditEvent[]): LinkedEvent[] {
  let before = { seq, hash };
  return events.map((event) => {
    const placed = { ...event, seq: before.seq + 1n, prevHash: before.hash };
    before = { ...placed, hash: hashEvent(placed) };
    return { ...placed, hash: before.hash };
  });
}

/** Returns the head after a round that links all that it sees; audit-link.repository.ts explains the positions. */
function nextPositions(head: LockedHead, { oldestXid, nextXid }: Waiting): LockedHead {
  const isSettled = oldestXid >= head.nextXid;
  const isOfAnotherServer = nextXid < head.nextXid;
  const isStill = head.linkedPosition === head.nextPosition && head.nextPosition === head.lastPosition;
  if (isStill || (!isSettled && !isOfAnotherServer)) return head;
  const linkedPosition = isSettled ? head.nextPosition : head.linkedPosition;
  return { ...head, linkedPosition, nextPosition: head.lastPosition, nextXid };
}
