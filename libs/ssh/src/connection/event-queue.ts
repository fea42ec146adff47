/** The events of a channel, queued in order. Small pieces of data share one buffer. */
import { BufferPool } from '../transport/buffer-pool.js';
import type { ChannelRequest } from './channel-request.js';
import type { HeldBudget } from './held-budget.js';

/** An event of a channel. `stream` is 0 for data and the type code for extended data (1: stderr). */
export type ChannelEvent =
  | { readonly kind: 'data'; bytes: Buffer; readonly stream: number }
  | { readonly kind: 'request'; readonly request: ChannelRequest }
  | { readonly kind: 'eof' }
  | { readonly kind: 'closed' };

interface Entry {
  event: ChannelEvent;
  /** The buffer of `event.bytes`, which may have room at its end. */
  readonly place: Buffer | undefined;
  readonly cost: number;
}

/** Memory that an entry uses beside its bytes. */
const ENTRY_BYTES = 256;
const SHARED_PLACE_BYTES = 2048;
/**
 * Buffers for full packets of OpenSSH, the usual case in a bulk transfer. Smaller ones get a buffer of their size, since a buffer is
 * charged whole.
 */
const places = new BufferPool(32 * 1024, 128);
const MIN_POOLED_BYTES = 28 * 1024;
/** A request is kept both encoded and decoded. */
const REQUEST_BYTES = 768;

/** A first-in, first-out queue. Each byte and entry is charged to the budget of its connection. */
export class EventQueue {
  private entries: Entry[] = [];
  private first = 0;
  private dataBytes = 0;

  constructor(private readonly budget: HeldBudget) {}

  get isEmpty(): boolean {
    return this.first === this.entries.length;
  }

  /** Returns the number of queued data bytes. */
  get bytes(): number {
    return this.dataBytes;
  }

  /** Queues a copy of the bytes. */
  pushData(bytes: Buffer, stream: number): void {
    this.dataBytes += bytes.length;
    if (this.appendToLast(bytes, stream)) return;
    const place = newPlace(bytes.length);
    bytes.copy(place);
    this.pushEntry({ kind: 'data', bytes: place.subarray(0, bytes.length), stream }, place, place.length);
  }

  /** Queues an event other than data. */
  push(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    this.pushEntry(event, undefined, event.kind === 'request' ? REQUEST_BYTES + 3 * event.request.body.length : 0);
  }

  /** Returns the oldest event, which stays in the queue. */
  peek(): ChannelEvent | undefined {
    return this.entries[this.first]?.event;
  }

  /** Removes the oldest event. */
  shift(): void {
    const entry = this.entries[this.first]!;
    if (entry.event.kind === 'data') this.dataBytes -= entry.event.bytes.length;
    this.first += 1;
    if (this.first > 64 && this.first * 2 > this.entries.length) this.compact();
    this.budget.remove(entry.cost);
  }

  /**
   * Removes the first `count` bytes of the oldest event, which must be data. The rest stays the oldest event. Throws RangeError otherwise.
   */
  takeBytes(count: number): void {
    const { event, place } = this.entries[this.first]!;
    if (event.kind !== 'data' || count > event.bytes.length) throw new RangeError('The oldest event contains less data');
    if (count < event.bytes.length) {
      this.dataBytes -= count;
      event.bytes = event.bytes.subarray(count);
      return;
    }
    this.shift();
    if (place !== undefined) places.release(place);
  }

  /** Drops all events. */
  clear(): void {
    const cost = this.entries.slice(this.first).reduce((sum, entry) => sum + entry.cost, 0);
    this.entries = [];
    this.first = 0;
    this.dataBytes = 0;
    if (cost > 0) this.budget.remove(cost);
  }

  private appendToLast(bytes: Buffer, stream: number): boolean {
    const last = this.isEmpty ? undefined : this.entries.at(-1);
    if (last?.event.kind !== 'data' || last.event.stream !== stream || last.place === undefined) return false;
    const start = last.event.bytes.byteOffset - last.place.byteOffset;
    const end = start + last.event.bytes.length;
    if (last.place.length - end < bytes.length) return false;
    bytes.copy(last.place, end);
    last.event.bytes = last.place.subarray(start, end + bytes.length);
    return true;
  }

  private pushEntry(event: ChannelEvent, place: Buffer | undefined, bytes: number): void {
    const cost = bytes + ENTRY_BYTES;
    this.entries.push({ event, place, cost });
    this.budget.add(cost);
  }

  private compact(): void {
    this.entries = this.entries.slice(this.first);
    this.first = 0;
  }
}

function newPlace(bytes: number): Buffer {
  if (bytes < SHARED_PLACE_BYTES) return Buffer.allocUnsafe(SHARED_PLACE_BYTES);
  return bytes < MIN_POOLED_BYTES || bytes > places.bytes ? Buffer.allocUnsafeSlow(bytes) : places.take();
}
