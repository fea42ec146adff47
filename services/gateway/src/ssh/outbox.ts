import type { ChannelStream } from './channel-stream.js';

/** An item to send, in order. */
export type OutboxItem = { kind: 'data'; data: Buffer; stream: ChannelStream } | { kind: 'message'; send: () => void };

/** The queue of what a channel has yet to send, in order. Data waits for the peer's window, and the items behind it wait too. */
export class Outbox {
  private items: OutboxItem[] = [];
  private next = 0;
  /** Bytes of data in the queue. */
  bytes = 0;

  push(item: OutboxItem): void {
    this.items.push(item);
    if (item.kind === 'data') this.bytes += item.data.length;
  }

  peek(): OutboxItem | undefined {
    return this.items[this.next];
  }

  /** Takes up to `limit` bytes of the first data item. */
  takeData(item: OutboxItem & { kind: 'data' }, limit: number): Buffer {
    const piece = item.data.subarray(0, limit);
    this.bytes -= piece.length;
    if (piece.length === item.data.length) this.shift();
    else item.data = item.data.subarray(limit);
    return piece;
  }

  shift(): void {
    this.next += 1;
    if (this.next < 1024 && this.next < this.items.length) return;
    this.items = this.items.slice(this.next);
    this.next = 0;
  }

  /** Clears the queue: returns its data, in order, and sends its messages now. */
  takeAll(): (OutboxItem & { kind: 'data' })[] {
    const items = this.items.slice(this.next);
    this.clear();
    for (const item of items) if (item.kind === 'message') item.send();
    return items.filter((item) => item.kind === 'data');
  }

  /** Drops the data. The messages stay, in order. */
  dropData(): void {
    this.items = this.items.slice(this.next).filter((item) => item.kind === 'message');
    this.next = 0;
    this.bytes = 0;
  }

  clear(): void {
    this.items = [];
    this.next = 0;
    this.bytes = 0;
  }
}
