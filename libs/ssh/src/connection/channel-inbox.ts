/** What a peer sent on one channel, in order: handed on at once, or kept while somebody holds the channel. */
import type { ChannelEvent } from './event-queue.js';
import { EventQueue } from './event-queue.js';
import type { HeldBudget } from './held-budget.js';

/** See the head of this file. */
export class ChannelInbox {
  private holds = 0;
  private readonly queue: EventQueue;

  /**
   * @param budget what is kept is charged to it.
   * @param deliver hands one event on; its bytes are a view, valid during the call.
   */
  constructor(
    budget: HeldBudget,
    private readonly deliver: (event: ChannelEvent) => void,
  ) {
    this.queue = new EventQueue(budget);
  }

  /** True while earlier events wait: nothing may overtake them. */
  get isWaiting(): boolean {
    return this.holds > 0 || !this.queue.isEmpty;
  }

  /** Nothing more is handed on until as many `release`s as `hold`s were called. */
  hold(): void {
    this.holds += 1;
  }

  /** Ends one `hold` and hands on what waited. */
  release(): void {
    this.holds -= 1;
    while (this.holds === 0) {
      const event = this.queue.peek();
      if (event === undefined) return;
      this.queue.shift();
      this.deliver(event);
    }
  }

  /** Keeps a copy of data behind what waits. */
  keepData(bytes: Buffer, stream: number): void {
    this.queue.pushData(bytes, stream);
  }

  /** Hands on anything but data, or keeps it behind what waits. */
  take(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    if (this.isWaiting) this.queue.push(event);
    else this.deliver(event);
  }

  /** Drops what waits: nobody wants it any more. */
  clear(): void {
    this.queue.clear();
  }
}
