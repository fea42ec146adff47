/** The channels of one connection by their number, the lowest free number first. */
import type { Channel } from './channel.js';

/** A number that is taken but has no channel yet: someone decides, or the peer has yet to answer. */
export const OPENING = Symbol('opening');

/** See the head of this file. */
export class ChannelTable {
  private readonly slots: (Channel | typeof OPENING | undefined)[] = [];
  private used = 0;

  /** Numbers taken. */
  get size(): number {
    return this.used;
  }

  /** Takes the lowest free number. */
  reserve(): number {
    const free = this.slots.indexOf(undefined);
    const number = free < 0 ? this.slots.length : free;
    this.slots[number] = OPENING;
    this.used += 1;
    return number;
  }

  /** Puts a channel at its reserved number. */
  set(channel: Channel): void {
    this.slots[channel.number] = channel;
  }

  /** The channel of a number; undefined when there is none. */
  get(number: number): Channel | undefined {
    const slot = this.slots[number];
    return slot === OPENING ? undefined : slot;
  }

  /** Frees a reserved number that got no channel. */
  release(number: number): void {
    if (this.slots[number] !== OPENING) return;
    this.slots[number] = undefined;
    this.used -= 1;
  }

  /** Frees a channel's number; does nothing when it was freed before. */
  delete(channel: Pick<Channel, 'number'>): void {
    if (this.slots[channel.number] !== channel) return;
    this.slots[channel.number] = undefined;
    this.used -= 1;
  }

  /** Every channel there is. */
  all(): Channel[] {
    return this.slots.filter((slot) => slot !== undefined && slot !== OPENING);
  }
}
