/** The channels of one connection by number. The lowest free number is used first. */
import type { Channel } from './channel.js';

/** A number that is reserved for a channel whose opening is not decided yet. */
export const OPENING = Symbol('opening');

/** See the head of this file. */
export class ChannelTable {
  private readonly slots: (Channel | typeof OPENING | undefined)[] = [];
  private used = 0;

  /** Returns the number of reserved and open channels. */
  get size(): number {
    return this.used;
  }

  /** Reserves the lowest free number. */
  reserve(): number {
    const free = this.slots.indexOf(undefined);
    const number = free < 0 ? this.slots.length : free;
    this.slots[number] = OPENING;
    this.used += 1;
    return number;
  }

  /** Stores a channel under its reserved number. */
  set(channel: Channel): void {
    this.slots[channel.number] = channel;
  }

  /** Returns the channel of a number, or undefined. */
  get(number: number): Channel | undefined {
    const slot = this.slots[number];
    return slot === OPENING ? undefined : slot;
  }

  /** Frees a reserved number whose channel was not opened. */
  release(number: number): void {
    if (this.slots[number] !== OPENING) return;
    this.slots[number] = undefined;
    this.used -= 1;
  }

  /** Frees the number of a channel. Does nothing if it is free already. */
  delete(channel: Pick<Channel, 'number'>): void {
    if (this.slots[channel.number] !== channel) return;
    this.slots[channel.number] = undefined;
    this.used -= 1;
  }

  /** Returns all open channels. */
  all(): Channel[] {
    return this.slots.filter((slot) => slot !== undefined && slot !== OPENING);
  }
}
