/** The events of one channel, in order. They are delivered at once, or queued while the channel is held. */
import type { ChannelEvent } from './event-queue.js';
import { EventQueue } from './event-queue.js';
import type { HeldBudget } from './held-budget.js';

/** See the head of this file. */
export class ChannelInbox {
  private holds = 0;
  private readonly queue: EventQueue;

  /**
   * @param budget counts the queued bytes.
   * @param deliver passes on one event; its bytes are a view, valid during the call.
   */
  constructor(
    budget: HeldBudget,
    private readonly deliver: (event: ChannelEvent) => void,
  ) {
    this.queue = new EventQueue(budget);
  }

  /** Returns true while earlier events wait, which later ones may not overtake. */
  get isWaiting(): boolean {
    return this.holds > 0 || !this.queue.isEmpty;
  }

  /** Stops the delivery until `release` was called as often as `hold`. */
  hold(): void {
    this.holds += 1;
  }

  /** Ends one `hold` and delivers the queued events. */
  release(): void {
    this.holds -= 1;
    while (this.holds === 0) {
      const event = this.queue.peek();
      if (event === undefined) return;
      this.queue.shift();
      this.deliver(event);
    }
  }

  /** Queues a copy of data. */
  keepData(bytes: Buffer, stream: number): void {
    this.queue.pushData(bytes, stream);
  }

  /** Delivers an event other than data, or queues it behind earlier events. */
  take(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    if (this.isWaiting) this.queue.push(event);
    else this.deliver(event);
  }

  /** Drops the queued events. */
  clear(): void {
    this.queue.clear();
  }
}
