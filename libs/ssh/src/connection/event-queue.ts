/** What happened on a channel, in order, kept while it cannot be handed on yet. Small pieces of data share one buffer. */
import { BufferPool } from '../transport/buffer-pool.js';
import type { ChannelRequest } from './channel-request.js';
import type { HeldBudget } from './held-budget.js';

/** `stream` is 0 for data and the type code for extended data (1: stderr). */
export type ChannelEvent =
  | { readonly kind: 'data'; bytes: Buffer; readonly stream: number }
  | { readonly kind: 'request'; readonly request: ChannelRequest }
  | { readonly kind: 'eof' }
  | { readonly kind: 'closed' };

interface Entry {
  event: ChannelEvent;
  /** The buffer behind `event.bytes`, which may have room at its end. */
  readonly place: Buffer | undefined;
  readonly cost: number;
}

/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 256;
const SHARED_PLACE_BYTES = 2048;
/** Places for full packets of OpenSSH's, which is what waits in a bulk transfer. Smaller ones are made to measure, since a place is charged whole. */
const places = new BufferPool(32 * 1024, 128);
const MIN_POOLED_BYTES = 28 * 1024;
/** A request is kept as bytes and as what was read from them. */
const REQUEST_BYTES = 768;

/** First in, first out; every byte and entry is charged to the budget of the connection it came from. */
export class EventQueue {
  private entries: Entry[] = [];
  private first = 0;
  private dataBytes = 0;

  constructor(private readonly budget: HeldBudget) {}

  get isEmpty(): boolean {
    return this.first === this.entries.length;
  }

  /** Bytes of data kept. */
  get bytes(): number {
    return this.dataBytes;
  }

  /** Keeps a copy of the bytes. */
  pushData(bytes: Buffer, stream: number): void {
    this.dataBytes += bytes.length;
    if (this.appendToLast(bytes, stream)) return;
    const place = newPlace(bytes.length);
    bytes.copy(place);
    this.pushEntry({ kind: 'data', bytes: place.subarray(0, bytes.length), stream }, place, place.length);
  }

  /** Keeps anything but data. */
  push(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    this.pushEntry(event, undefined, event.kind === 'request' ? REQUEST_BYTES + 3 * event.request.body.length : 0);
  }

  /** The oldest event, which stays. */
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

  /** The oldest event is data of which this much was taken and is not looked at any more; what is left stays the oldest. */
  takeBytes(count: number): void {
    const { event, place } = this.entries[this.first]!;
    if (event.kind !== 'data' || count > event.bytes.length) throw new RangeError('More taken than the oldest event holds');
    if (count < event.bytes.length) {
      this.dataBytes -= count;
      event.bytes = event.bytes.subarray(count);
      return;
    }
    this.shift();
    if (place !== undefined) places.release(place);
  }

  /** Drops everything. */
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
