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
    const results = await Promise.all(perThing.map((group) => this.inOrder(group)));
    const published = results.flatMap((result) => result.published);
    if (published.length > 0) await lane.markPublished(published, new Date(this.clock.now()));
    // One after the other: the lane is a single connection.
    for (const { failed } of results) if (failed) await lane.markFailed(failed.id, failed.problem);
    return published.length === events.length;
  }

  private async inOrder(events: readonly WaitingEvent[]): Promise<InOrder> {
    const published: string[] = [];
    for (const event of events) {
      const problem = await this.publishOne(event);
      if (problem !== undefined) return { published, failed: { id: event.id, problem } };
      published.push(event.id);
    }
    return { published, failed: undefined };
  }

  /** Returns the error; undefined if the fact is published. */
  private async publishOne(event: WaitingEvent): Promise<string | undefined> {
    try {
      await this.bus.publish(definition(event.subject), event.payload, { id: event.id });
      this.metrics.published(event.subject);
      return undefined;
    } catch (error) {
      const { message, code } = toAppError(error);
      this.metrics.failed(event.subject);
      this.logger.warn({ err: error, code, event: event.id, subject: event.subject }, 'a fact could not be published; it waits');
      return message;
    }
  }
}

/** Result of publishing the facts of one aggregate. */
interface InOrder {
  /** Ids. */
  readonly published: readonly string[];
  /** The one that failed; those after it were not tried. */
  readonly failed: { readonly id: string; readonly problem: string } | undefined;
}

function definition(subject: string): EventDef<Buffer> {
  const known = eventRegistry.find((event) => event.subject === subject);
  if (!known) throw new Error(`nothing is known about the subject "${subject}"`);
  return { ...known, codec: asKept };
}
