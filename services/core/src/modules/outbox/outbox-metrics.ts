import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@sallyport/context';
import type { Metrics } from '@sallyport/telemetry';
import { CLOCK, METRICS } from '../../platform/index.js';
import type { Backlog } from './outbox.repository.js';

const NOTHING: Backlog = { count: 0, oldest: undefined };

/** Metrics of the outbox: number and age of waiting facts, and results of publishing. Only the replica that relays shows a backlog. */
@Injectable()
export class OutboxMetrics {
  #backlog: Backlog = NOTHING;
  readonly #results;

  constructor(
    @Inject(METRICS) metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    metrics.gauge('core_outbox_waiting_events', 'Facts that wait to be published', [], () => this.#backlog.count);
    metrics.gauge('core_outbox_oldest_seconds', 'Age of the fact that waits longest', [], () => this.ageSeconds());
    this.#results = metrics.counter('core_outbox_publications_total', 'Tries to publish a fact', ['subject', 'result']);
  }

  note(backlog: Backlog): void {
    this.#backlog = backlog;
  }

  forget(): void {
    this.#backlog = NOTHING;
  }

  published(subject: string): void {
    this.#results.inc({ subject, result: 'published' });
  }

  failed(subject: string): void {
    this.#results.inc({ subject, result: 'failed' });
  }

  private ageSeconds(): number {
    return this.#backlog.oldest ? Math.max(0, (this.clock.now() - this.#backlog.oldest.getTime()) / 1000) : 0;
  }
}
