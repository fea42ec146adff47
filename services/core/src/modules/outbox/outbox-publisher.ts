import { Inject, Injectable } from '@nestjs/common';
import { eventRegistry, type Bus, type Codec, type EventDef } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import { BUS } from '../../bus/index.js';
import { CLOCK, LOGGER } from '../../platform/index.js';
import { OutboxMetrics } from './outbox-metrics.js';
import type { OutboxLane, WaitingEvent } from './outbox.repository.js';

/** The bytes were made when the fact was kept; they go out as they are, whatever this version knows of the message. */
const asKept: Codec<Buffer> = { encode: (bytes) => ({ finish: () => bytes }), decode: (bytes) => Buffer.from(bytes) };

@Injectable()
export class OutboxPublisher {
  constructor(
    @Inject(BUS) private readonly bus: Pick<Bus, 'publish'>,
    private readonly metrics: OutboxMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Publishes a batch; false when something of it still waits. Facts about one thing go in order: what follows one that failed waits with it. */
  async publish(lane: OutboxLane, events: readonly WaitingEvent[]): Promise<boolean> {
    if (events.length === 0) return true;
    const perThing = [...Map.groupBy(events, (event) => event.aggregate).values()];
    const published = (await Promise.all(perThing.map((group) => this.inOrder(lane, group)))).flat();
    if (published.length > 0) await lane.markPublished(published, new Date(this.clock.now()));
    return published.length === events.length;
  }

  /** Ids of those that were published. */
  private async inOrder(lane: OutboxLane, events: readonly WaitingEvent[]): Promise<string[]> {
    const published: string[] = [];
    for (const event of events) {
      if (!(await this.publishOne(lane, event))) break;
      published.push(event.id);
    }
    return published;
  }

  private async publishOne(lane: OutboxLane, event: WaitingEvent): Promise<boolean> {
    try {
      await this.bus.publish(definition(event.subject), event.payload, { id: event.id });
      this.metrics.published(event.subject);
      return true;
    } catch (error) {
      const { message, code } = toAppError(error);
      this.metrics.failed(event.subject);
      this.logger.warn({ err: error, code, event: event.id, subject: event.subject }, 'a fact could not be published; it waits');
      await lane.markFailed(event.id, message);
      return false;
    }
  }
}

function definition(subject: string): EventDef<Buffer> {
  const known = eventRegistry.find((event) => event.subject === subject);
  if (!known) throw new Error(`nothing is known about the subject "${subject}"`);
  return { ...known, codec: asKept };
}
