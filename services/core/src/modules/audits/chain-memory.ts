import { Inject, Injectable } from '@nestjs/common';
import type { ChainPlace, ChainProblem } from '@sallyport/crypto';
import type { Logger } from '@sallyport/telemetry';
import { LOGGER } from '../../platform/index.js';
import type { ChainHead } from './audit-event.repository.js';

/** Most places that are remembered. There is more than one only while several replicas write. */
const MAX_PLACES = 1_000;

/**
 * Remembers the events that this process wrote, so that the newest ones are proven until an anchor covers them. A place stands for every event
 * before it.
 */
@Injectable()
export class ChainMemory {
  #places: ChainHead[] = [];
  #fault: ChainProblem | undefined;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Returns the remembered places. */
  get places(): ChainPlace[] {
    return this.#places.map(({ seq, hash }) => ({ seq, hash: hash.toString('hex') }));
  }

  /** Returns the first fault that this process noticed; it stays until the process ends. */
  get fault(): ChainProblem | undefined {
    return this.#fault;
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

  /** Remembers a committed event that was appended to `before`. If this process wrote that one too, the new event stands for it. */
  remember(before: ChainHead, written: ChainHead): void {
    const rest = this.#places.filter(({ seq, hash }) => !(seq === before.seq && hash.equals(before.hash)));
    this.#places = [...rest, written].slice(-MAX_PLACES);
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
