import { Inject, Injectable } from '@nestjs/common';
import type { ChainPlace, ChainProblem } from '@sallyport/crypto';
import type { Logger } from '@sallyport/telemetry';
import { LOGGER } from '../../platform/index.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import type { FoundEvent } from './audit-event.repository.js';
import type { LinkedEvent } from './audit-link.entity.js';
import type { ChainHead } from './audit-link.repository.js';
import { hashContent, hashEvent } from './canonical-event.js';

/** Most places that are remembered. There is more than one only while several replicas write. */
const MAX_PLACES = 1_000;
/** Most events without a place that are remembered: as many as a busy core writes in some ten minutes in which nothing can be linked. */
const MAX_WAITING = 100_000;

/** An event that this process wrote and that has no place yet. */
interface WaitingEvent {
  /** See `hashContent`. */
  readonly content: Buffer;
  readonly since: Date;
  /** Its number among the committed events of this process. */
  readonly number: number;
  /** Number of events that were committed before it was written: their places are before its own. */
  readonly before: number;
}

/**
 * Remembers the events that this process wrote, so that the newest ones are proven until an anchor covers them: without a place by id and
 * content, then by place. A place stands for every event before it.
 */
@Injectable()
export class ChainMemory {
  #places: ChainHead[] = [];
  readonly #waiting = new Map<string, WaitingEvent>();
  #fault: ChainProblem | undefined;
  #noted = 0;
  /** The linked event that was written after the most others. */
  #latest = { seq: 0n, before: 0 };

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Returns the remembered places. */
  get places(): ChainPlace[] {
    return this.#places.map(({ seq, hash }) => ({ seq, hash: hash.toString('hex') }));
  }

  /** Returns the first fault that this process noticed; it stays until the process ends. */
  get fault(): ChainProblem | undefined {
    return this.#fault;
  }

  /** Returns the ids of events that this process wrote and did not see linked yet. */
  get waiting(): string[] {
    return [...this.#waiting.keys()];
  }

  /** Returns the time of the oldest of them. */
  get waitingSince(): Date | undefined {
    const [oldest] = this.#waiting.values();
    return oldest?.since;
  }

  /** Returns the number of events that this process has committed. */
  get noted(): number {
    return this.#noted;
  }

  /** Remembers an event that this process wrote and committed. `before` is what `noted` was before it was written. */
  note(event: NewAuditEvent, before: number): void {
    const number = ++this.#noted;
    const known = { content: hashContent(event), since: event.dateCreated, number, before };
    if (this.#waiting.size < MAX_WAITING) this.#waiting.set(event.id, known);
  }

  /** Notes a fault and logs it. Only the first one is kept. */
  report(fault: ChainProblem): void {
    if (this.#fault) return;
    this.#fault = fault;
    this.logger.error({ kind: 'audit-fault', event: fault.at?.toString(), problem: fault.text }, 'the audit chain was tampered with');
  }

  /** Checks the locked head before an event is appended: it can't lie before an event that this process wrote. */
  checkHead(head: ChainHead): void {
    const newest = this.#places.reduce<ChainHead | undefined>((max, each) => (max && max.seq > each.seq ? max : each), undefined);
    if (!newest) return;
    if (head.seq < newest.seq)
      this.report({
        at: head.seq + 1n,
        text: `the head of the chain was set back to event ${head.seq}, though this process wrote ${newest.seq}`,
      });
    else if (head.seq === newest.seq && !head.hash.equals(newest.hash))
      this.report({ at: head.seq, text: `event ${head.seq} is not the one that this process wrote: it, or one before it, was rewritten` });
  }

  /** Remembers events that this process linked to `before`. If it knows that place too, the last of them stands for it. */
  linked(before: ChainHead, events: readonly LinkedEvent[]): void {
    for (const event of events) this.recognize(event);
    const last = events.at(-1);
    if (!last) return;
    const rest = this.#places.filter(({ seq, hash }) => !(seq === before.seq && hash.equals(before.hash)));
    this.#places = [...rest, { seq: last.seq, hash: last.hash }].slice(-MAX_PLACES);
  }

  /**
   * Takes the rows of events that this process wrote before a round of linking and did not link in it: another process did, or their rows were
   * taken away.
   */
  looked(ids: readonly string[], found: ReadonlyMap<string, FoundEvent>): void {
    const linked = [...found.values()].filter((event) => event.seq !== null).sort((a, b) => (a.seq < b.seq ? -1 : 1));
    for (const event of linked) this.recognize(event);
    const newest = linked.at(-1);
    if (newest) this.#places = [...this.#places, { seq: newest.seq, hash: newest.hash }].slice(-MAX_PLACES);
    for (const id of ids)
      if (this.#waiting.delete(id)) this.report({ at: undefined, text: found.has(id) ? passedOver(id) : `event ${id} ${REMOVED}` });
  }

  /** Compares an event that has its place now with what this process wrote, and the hash of its place with both. */
  private recognize(event: LinkedEvent): void {
    const own = this.#waiting.get(event.id);
    if (!own) return;
    this.#waiting.delete(event.id);
    if (!hashContent(event).equals(own.content) || !hashEvent(event).equals(event.hash))
      this.report({ at: event.seq, text: `event ${event.seq} that this process wrote was changed before it was linked` });
    if (this.#latest.seq < event.seq && this.#latest.before >= own.number)
      this.report({
        at: event.seq,
        text: `event ${event.seq} was committed before event ${this.#latest.seq} was written: they changed places`,
      });
    if (own.before >= this.#latest.before) this.#latest = { seq: event.seq, before: own.before };
  }

  /** Compares the remembered places with the stored events (hash by number), then keeps only the newest one. */
  compare(stored: ReadonlyMap<bigint, Buffer>, compared: readonly ChainPlace[]): void {
    for (const { seq, hash } of compared) {
      const found = stored.get(seq);
      if (!found) this.report({ at: seq, text: `event ${seq} that this process wrote is missing` });
      else if (found.toString('hex') !== hash)
        this.report({ at: seq, text: `event ${seq} is not the one that this process wrote: it, or one before it, was rewritten` });
    }
    const newest = compared.reduce((max, { seq }) => (seq > max ? seq : max), 0n);
    const done = new Set(compared.map(({ seq }) => seq).filter((seq) => seq !== newest));
    this.#places = this.#places.filter(({ seq }) => !done.has(seq));
  }
}

const REMOVED = 'that this process wrote is missing: it was removed before it was linked';
const passedOver = (id: string): string => `event ${id} that this process wrote was left out of the chain`;
