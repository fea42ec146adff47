import type { JsMsg } from '@nats-io/jetstream';
import { systemClock } from '@sallyport/context';

/** The messages that a consumer is handling. */
export class MessagesInHand {
  private readonly batches = new Set<readonly JsMsg[]>();

  /** Runs the work on a batch, which is in hand meanwhile. */
  async during(batch: readonly JsMsg[], work: () => Promise<void>): Promise<void> {
    this.batches.add(batch);
    try {
      await work();
    } finally {
      this.batches.delete(batch);
    }
  }

  /** Returns the age of the oldest message in seconds; 0 if there is none. */
  oldestSeconds(): number {
    const times = [...this.batches].flatMap(([first]) => (first ? [Math.floor(first.info.timestampNanos / 1e6)] : []));
    return times.length === 0 ? 0 : Math.max(0, (systemClock.now() - Math.min(...times)) / 1000);
  }
}
