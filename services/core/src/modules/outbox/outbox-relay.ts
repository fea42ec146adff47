import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { backOffMs, type Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER } from '../../platform/index.js';
import { OutboxAlarm } from './outbox-alarm.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { OutboxRepository, type Backlog, type OutboxLane } from './outbox.repository.js';

const BATCH = 100;
/** Interval of reads without an alarm: for facts of other replicas. */
const IDLE_MS = 1_000;
/** Time in which facts gather after an alarm, so that one read takes those of many commits. */
const GATHER_MS = 30;
/** Interval at which a replica that does not relay tries to become the one that does. */
const STANDBY_MS = 1_000;
const PRUNE_EVERY_MS = 600_000;
const KEEP_PUBLISHED_MS = 24 * 3_600_000;
const NOTHING: Backlog = { count: 0, oldest: undefined };

/** Publishes what waits in the outbox: one replica at a time, through every outage of NATS and of the database. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #prunedAt = 0;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly publisher: OutboxPublisher,
    private readonly metrics: OutboxMetrics,
    private readonly alarm: OutboxAlarm,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      try {
        await this.relayWhileLeader();
        failures = 0;
        await this.pause(STANDBY_MS);
      } catch (error) {
        this.logger.warn({ err: error }, 'the outbox could not be relayed, trying again');
        await this.pause(backOffMs(failures++, 200, 5_000));
      }
    }
  }

  private async relayWhileLeader(): Promise<void> {
    const lane = await this.outbox.openLane();
    if (!lane) return;
    try {
      await this.relay(lane);
    } finally {
      // The lock went with the connection, if that broke.
      await lane.close().catch(() => {});
      this.metrics.forget();
    }
  }

  private async relay(lane: OutboxLane): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      const alarm = this.alarm.set();
      const waiting = await lane.waiting(BATCH);
      const isAllPublished = await this.publisher.publish(lane, waiting);
      // After a full round nothing waits: the database is not asked again.
      this.metrics.note(isAllPublished && waiting.length < BATCH ? NOTHING : await lane.backlog());
      failures = isAllPublished ? 0 : failures + 1;
      if (!isAllPublished) await this.pause(backOffMs(failures, 100, 5_000));
      else if (waiting.length < BATCH) await this.rest(alarm);
      await this.prune(lane);
    }
  }

  private async prune(lane: OutboxLane): Promise<void> {
    const now = this.clock.now();
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await lane.prune(new Date(now - KEEP_PUBLISHED_MS));
  }

  private async rest(alarm: AbortSignal): Promise<void> {
    await this.clock.sleep(IDLE_MS, AbortSignal.any([this.#stop.signal, alarm])).catch(() => {});
    if (alarm.aborted) await this.pause(GATHER_MS);
  }

  private pause(ms: number): Promise<void> {
    return this.clock.sleep(ms, this.#stop.signal).catch(() => {});
  }
}
