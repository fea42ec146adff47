/**
 * One direction of a relay: events of `source` go to `sink`, in order. Whole packets are encrypted again in place (fast path).
 * Data that the sink's window or socket does not take now waits in a queue, whose size is bounded by the source's window (general path).
 */
import type { Channel } from '../connection/channel.js';
import type { ChannelHandler } from '../connection/channel-handler.js';
import type { ChannelEvent } from '../connection/event-queue.js';
import { EventQueue } from '../connection/event-queue.js';
import type { ChannelRequest } from '../connection/channel-request.js';
import { canReseal, PAYLOAD_OFFSET, type PacketFraming } from '../crypto/index.js';
import type { RelayDirection, RelayFilter, RelayTap } from './tap.js';

/** The state and functions that both directions of a relay share. */
export interface RelayContext {
  readonly taps: readonly RelayTap[];
  /** Returns false to withhold credit until `grantCredit` is called again. */
  tapsHaveRoom(): boolean;
  /** Returns false to refuse a request. */
  mayPass(direction: RelayDirection, request: ChannelRequest): boolean;
  /** Returns true if EOF is passed on. */
  passesEof(direction: RelayDirection): boolean;
  /** Handles the end: the source's channel is gone and all its events were passed on. */
  ended(direction: RelayDirection): void;
  fail(): void;
}

/** Requests that overtake data which the sink does not take: they are meant for a program that hangs. */
const URGENT: ReadonlySet<string> = new Set(['signal', 'break', 'window-change']);

/** Maximum of forwarded requests without a reply. The next one waits, in order. */
const MAX_UNANSWERED = 64;

/** See the head of this file. */
export class RelayDirectionFlow {
  /** Data bytes that were passed on. */
  passedBytes = 0;
  /** Those of them that were encrypted again in place. */
  inPlaceBytes = 0;
  private readonly queue: EventQueue;
  private readonly answers: ((isGranted: boolean) => void)[] = [];
  private readonly drainWaiters: (() => void)[] = [];
  private uncreditedBytes = 0;
  private unanswered = 0;
  private from: PacketFraming | undefined;
  private to: PacketFraming | undefined;
  private isResealable = false;
  private isCut = false;

  constructor(
    private readonly direction: RelayDirection,
    private readonly source: Channel,
    private readonly sink: Channel,
    private readonly context: RelayContext,
    private readonly filter: RelayFilter | undefined,
  ) {
    this.queue = new EventQueue(source.port.held);
    if (filter === undefined) source.fastPath = (bytes, stream) => this.passInPlace(bytes, stream);
  }

  /** Returns the handler of the source, without `writable`, which belongs to the other direction. */
  handler(): ChannelHandler {
    return {
      data: (bytes, stream) => this.onData(bytes, stream),
      passRequest: (request, answer) => this.onRequest(request, answer),
      eof: () => this.onEof(),
    };
  }

  /** Returns the number of bytes that wait for the sink. */
  get waitingBytes(): number {
    return this.queue.bytes;
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    return this.queue.isEmpty ? Promise.resolve() : new Promise((resolve) => this.drainWaiters.push(resolve));
  }

  /** Ends the direction after the events that wait, because the source's channel is gone. */
  end(): void {
    this.pushOrDeliver({ kind: 'closed' });
  }

  /** Ends the direction at once and drops the events that wait. */
  abort(): void {
    this.queue.clear();
    for (const answer of this.answers.splice(0)) answer(false);
    this.resolveDrained();
    this.grantCredit();
  }

  /** Passes on no further events of the source. Earlier ones still are. */
  cut(): void {
    this.isCut = true;
    this.source.fastPath = undefined;
  }

  /** Inserts bytes of the gateway, behind those that were passed on. */
  inject(bytes: Buffer, stream: number): void {
    this.forward(bytes, stream);
  }

  /** Inserts a request of the gateway, behind the events that were passed on. */
  injectRequest(request: ChannelRequest): void {
    this.answers.push(() => undefined);
    this.pushOrDeliver({ kind: 'request', request });
  }

  /** Inserts EOF, behind the events that were passed on. */
  injectEof(): void {
    this.pushOrDeliver({ kind: 'eof' });
  }

  /** Passes on the events that wait, because the sink takes data again. */
  pump(): void {
    for (let event = this.queue.peek(); event !== undefined; event = this.queue.peek()) {
      if (event.kind === 'data' && !this.pumpData(event)) return;
      if (event.kind === 'data') continue;
      if (!this.isTaken(event)) return;
      this.queue.shift();
      this.deliver(event);
    }
    this.resolveDrained();
    this.grantCredit();
  }

  private resolveDrained(): void {
    for (const resolve of this.drainWaiters.splice(0)) resolve();
  }

  /** Grants the source's peer credit for the bytes that were passed on, while the sink's socket and the taps have room. */
  grantCredit(): void {
    if (this.uncreditedBytes === 0 || !this.queue.isEmpty || !this.hasRoom()) return;
    const { uncreditedBytes } = this;
    this.uncreditedBytes = 0;
    this.source.consume(uncreditedBytes);
  }

  private hasRoom(): boolean {
    if (!this.context.tapsHaveRoom()) return false;
    if (!this.sink.isWritable) return true;
    if (this.sink.port.room() > 0) return true;
    this.sink.awaitRoom();
    return false;
  }

  // ——— data ———

  private passInPlace(bytes: Buffer, stream: number): boolean {
    const size = bytes.length;
    if (!this.canPassInPlace(size)) return false;
    this.notifyTaps(bytes, stream);
    this.uncreditedBytes += size;
    if (this.canPassInPlace(size)) this.reseal(size);
    else this.pass(bytes, stream);
    this.grantCredit();
    return true;
  }

  /**
   * Returns true if the packet can take the fast path. Call it again after the taps: a tap may have ended the relay because of the bytes.
   */
  private canPassInPlace(size: number): boolean {
    const { sink } = this;
    return (
      this.queue.isEmpty && !this.isCut && size <= sink.sendWindow && size <= sink.packetBytes && sink.port.room() > 0 && this.canReseal()
    );
  }

  private reseal(size: number): void {
    const { sink } = this;
    const { packet } = this.source.port.transport.inbound;
    packet.buffer.writeUInt32BE(sink.remoteNumber, packet.offset + PAYLOAD_OFFSET + 1);
    sink.port.transport.forward(packet);
    sink.countSent(size);
    this.passedBytes += size;
    this.inPlaceBytes += size;
  }

  /** Returns true if both packet layouts agree. They change only with the keys, so the result is cached. */
  private canReseal(): boolean {
    const from = this.source.port.transport.inbound.framing;
    const to = this.sink.port.transport.outbound.framing;
    if (from !== this.from || to !== this.to) {
      this.from = from;
      this.to = to;
      this.isResealable = canReseal(from, to);
    }
    return this.isResealable;
  }

  private onData(bytes: Buffer, stream: number): void {
    if (this.isCut) return this.source.consume(bytes.length);
    this.notifyTaps(bytes, stream);
    if (this.filter === undefined) this.pass(bytes, stream);
    else this.runFilter(this.filter, bytes, stream);
    this.uncreditedBytes += bytes.length;
    this.grantCredit();
    return undefined;
  }

  private notifyTaps(bytes: Buffer, stream: number): void {
    for (const tap of this.context.taps) tap.data?.(this.direction, bytes, stream);
  }

  private runFilter(filter: RelayFilter, bytes: Buffer, stream: number): void {
    const verdict = this.askFilter(filter, bytes, stream);
    if (verdict === undefined) return;
    this.source.hold();
    verdict.then(
      () => this.source.release(),
      () => this.context.fail(),
    );
  }

  /** Runs the filter. If it throws, only the two channels are closed, not the connections. */
  private askFilter(filter: RelayFilter, bytes: Buffer, stream: number): Promise<void> | void {
    try {
      return filter.data(bytes, stream, { pass: (passed) => this.pass(passed, stream) });
    } catch {
      return this.context.fail();
    }
  }

  /** Passes on bytes of the source, unless a tap has just cut it off. */
  private pass(bytes: Buffer, stream: number): void {
    if (!this.isCut) this.forward(bytes, stream);
  }

  private forward(bytes: Buffer, stream: number): void {
    if (!this.sink.isWritable) return;
    const sent = this.queue.isEmpty ? this.sink.send(bytes, stream) : 0;
    this.passedBytes += bytes.length;
    if (sent < bytes.length) this.queue.pushData(bytes.subarray(sent), stream);
  }

  private pumpData(event: ChannelEvent & { kind: 'data' }): boolean {
    if (!this.sink.isWritable) {
      this.queue.shift();
      return true;
    }
    const sent = this.sink.send(event.bytes, event.stream);
    if (sent > 0) this.queue.takeBytes(sent);
    return sent > 0;
  }

  // ——— everything else ———

  private onRequest(request: ChannelRequest, answer: (isGranted: boolean) => void): void {
    if (this.isCut || !this.context.mayPass(this.direction, request)) return answer(false);
    for (const tap of this.context.taps) tap.request?.(this.direction, request);
    if (URGENT.has(request.name) && this.isTaken({ kind: 'request', request })) return this.passRequest(request, answer);
    this.answers.push(answer);
    this.pushOrDeliver({ kind: 'request', request });
    return undefined;
  }

  private passRequest(request: ChannelRequest, answer: (isGranted: boolean) => void): void {
    if (request.wantsReply) {
      this.unanswered += 1;
      void this.sink.requestRaw(request.name, request.body).then((isGranted) => this.onAnswer(isGranted, answer));
      return;
    }
    this.sink.notifyRaw(request.name, request.body);
    answer(true);
  }

  private onAnswer(isGranted: boolean, answer: (isGranted: boolean) => void): void {
    this.unanswered -= 1;
    answer(isGranted);
    if (!this.queue.isEmpty) this.pump();
  }

  private onEof(): void {
    if (this.isCut) return;
    for (const tap of this.context.taps) tap.eof?.(this.direction);
    if (this.context.passesEof(this.direction)) this.injectEof();
  }

  private pushOrDeliver(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    if (this.queue.isEmpty && this.isTaken(event)) this.deliver(event);
    else this.queue.push(event);
  }

  /**
   * Returns true if the sink takes an event. Requests need no window: without this limit a peer could fill the memory with requests
   * while the other side does not read or reply.
   */
  private isTaken(event: Exclude<ChannelEvent, { kind: 'data' }>): boolean {
    const { sink } = this;
    if (event.kind !== 'request' || !sink.isOpen) return true;
    if (event.request.wantsReply && this.unanswered >= MAX_UNANSWERED) return false;
    if (sink.port.room() > 0) return true;
    sink.awaitRoom();
    return false;
  }

  private deliver(event: Exclude<ChannelEvent, { kind: 'data' }>): void {
    switch (event.kind) {
      case 'request':
        return this.passRequest(event.request, this.answers.shift()!);
      case 'eof':
        return this.sink.sendEof();
      case 'closed':
        return this.context.ended(this.direction);
    }
  }
}
