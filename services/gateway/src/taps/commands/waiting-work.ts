import type { TerminalEvent } from './terminal-protocol.js';
import { affordable, emulatedSize, EVENT_PRICE, resizePrice, type TerminalSize } from './work-price.js';

/** Events of one terminal that are processed together, and their price. */
export interface Slice {
  readonly events: readonly TerminalEvent[];
  readonly price: number;
}

/** The events of one terminal that wait in its thread. They are taken in slices that each cost little of the thread's time. */
export class WaitingWork {
  private events: TerminalEvent[] = [];
  private size: TerminalSize;

  constructor(size: TerminalSize) {
    this.size = emulatedSize(size);
  }

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  add(events: readonly TerminalEvent[]): void {
    for (const event of events) {
      // Nothing was shown between two changes of the size, so only the last one counts.
      if (event.kind === 'resize' && this.events.at(-1)?.kind === 'resize') this.events.pop();
      this.events.push(event);
    }
  }

  /** Removes and returns the next slice: keys and changes of the size, up to the end of a run of output. It has at least one event or byte. */
  take(budget: number): Slice {
    const taken: TerminalEvent[] = [];
    let price = 0;
    let count = 0;
    for (; count < this.events.length && (price < budget || taken.length === 0); count += 1) {
      const event = this.events[count]!;
      if (event.kind !== 'output' && taken.at(-1)?.kind === 'output') break;
      if (event.kind === 'output') {
        const { bytes, price: more } = affordable(event.data, this.size, budget - price);
        price += EVENT_PRICE + more;
        taken.push({ ...event, data: event.data.subarray(0, bytes) });
        if (bytes === event.data.length) continue;
        this.events[count] = { ...event, data: event.data.subarray(bytes) };
        break;
      }
      price += this.priceOf(event);
      taken.push(event);
    }
    this.events = this.events.slice(count);
    return { events: taken, price };
  }

  private priceOf(event: Exclude<TerminalEvent, { kind: 'output' }>): number {
    if (event.kind === 'input') return EVENT_PRICE + event.data.length;
    const from = this.size;
    if (event.kind === 'resize') this.size = emulatedSize(event);
    return resizePrice(from, this.size);
  }
}
