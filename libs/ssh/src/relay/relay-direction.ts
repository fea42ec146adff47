/**
 * One direction of a relay: what arrives at `source` goes to `sink`, in order. Whole packets are sealed again as they lie (fast path);
 * what the sink's window or socket does not take now waits in a queue, whose bytes are the source's own credit (general path).
 */
import type { Channel } from '../connection/channel.js';
import type { ChannelHandler } from '../connection/channel-handler.js';
import type { ChannelEvent } from '../connection/event-queue.js';
import { EventQueue } from '../connection/event-queue.js';
import type { ChannelRequest } from '../connection/channel-request.js';
import { canReseal, PAYLOAD_OFFSET, type PacketFraming } from '../crypto/index.js';
import type { RelayDirection, RelayFilter, RelayTap } from './tap.js';

/** What both directions of a relay share. */
export interface RelayContext {
  readonly taps: readonly RelayTap[];
  /** False stops credit until `pay` is called again. */
  tapsHaveRoom(): boolean;
  /** False: the request is refused here and goes no further. */
  mayPass(direction: RelayDirection, request: ChannelRequest): boolean;
  /** Whether the end of data is passed on. */
  passesEof(direction: RelayDirection): boolean;
  /** The source's channel is gone and everything it sent was passed on. */
  ended(direction: RelayDirection): void;
  fail(): void;
}

/** Requests that must not wait behind data which the sink does not take: a stuck program is what they are for. */
const URGENT: ReadonlySet<string> = new Set(['signal', 'break', 'window-change']);

/** Requests passed on whose answers are awaited; the next one waits here, in order. */
const MAX_UNANSWERED = 64;

/** See the head of this file. */
export class RelayDirectionFlow {
  /** Data bytes passed on. */
  passedBytes = 0;
  /** Those of them that were sealed again as they lay. */
  inPlaceBytes = 0;
  private readonly queue: EventQueue;
  private readonly answers: ((isGranted: boolean) => void)[] = [];
  private readonly drainWaiters: (() => void)[] = [];
  private owed = 0;
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
    if (filter === undefined) source.shortcut = (bytes, stream) => this.passInPlace(bytes, stream);
  }

  /** The source's handler, but for `writable`, which belongs to the other direction. */
  handler(): ChannelHandler {
    return {
      data: (bytes, stream) => this.onData(bytes, stream),
      passRequest: (request, answer) => this.onRequest(request, answer),
      eof: () => this.onEof(),
    };
  }

  /** Bytes that wait for the sink. */
  get waitingBytes(): number {
    return this.queue.bytes;
  }

  /** Settled when nothing waits any more. */
  drained(): Promise<void> {
    return this.queue.isEmpty ? Promise.resolve() : new Promise((resolve) => this.drainWaiters.push(resolve));
  }

  /** The source's channel is gone: the end follows what waits. */
  end(): void {
    this.pushOrDeliver({ kind: 'closed' });
  }

  /** The end, at once: what waits is dropped. */
  abort(): void {
    this.queue.clear();
    for (const answer of this.answers.splice(0)) answer(false);
    this.tellDrained();
    this.pay();
  }

  /** What still comes from the source goes no further; what came before it does. */
  cut(): void {
    this.isCut = true;
    this.source.shortcut = undefined;
  }

  /** Puts bytes of our own into this direction, in order with what passes. */
  inject(bytes: Buffer, stream: number): void {
    this.forward(bytes, stream);
  }

  /** Tells the sink something of our own, in order with what passes. */
  injectRequest(request: ChannelRequest): void {
    this.answers.push(() => undefined);
    this.pushOrDeliver({ kind: 'request', request });
  }

  /** Ends the data, in order with what passes. */
  injectEof(): void {
    this.pushOrDeliver({ kind: 'eof' });
  }

  /** The sink takes data again. */
  pump(): void {
    for (let event = this.queue.peek(); event !== undefined; event = this.queue.peek()) {
      if (event.kind === 'data' && !this.pumpData(event)) return;
      if (event.kind === 'data') continue;
      if (!this.isTaken(event)) return;
      this.queue.shift();
      this.deliver(event);
    }
    this.tellDrained();
    this.pay();
  }

  private tellDrained(): void {
    for (const resolve of this.drainWaiters.splice(0)) resolve();
  }

  /** Gives the source's peer credit for what was passed on, while the sink's socket and the taps have room. */
  pay(): void {
    if (this.owed === 0 || !this.queue.isEmpty || !this.hasRoom()) return;
    const { owed } = this;
    this.owed = 0;
    this.source.consume(owed);
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
    this.show(bytes, stream);
    this.owed += size;
    if (this.canPassInPlace(size)) this.reseal(size);
    else this.pass(bytes, stream);
    this.pay();
    return true;
  }

  /** To be asked again when the taps have seen the bytes: one may have ended the relay over them. */
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

  /** Framings change with the keys only, so the answer is kept. */
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
    this.show(bytes, stream);
    if (this.filter === undefined) this.pass(bytes, stream);
    else this.runFilter(this.filter, bytes, stream);
    this.owed += bytes.length;
    this.pay();
    return undefined;
  }

  private show(bytes: Buffer, stream: number): void {
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

  /** A filter that throws must not take the connection's other channels with it. */
  private askFilter(filter: RelayFilter, bytes: Buffer, stream: number): Promise<void> | void {
    try {
      return filter.data(bytes, stream, { pass: (passed) => this.pass(passed, stream) });
    } catch {
      return this.context.fail();
    }
  }

  /** What the source sent. A tap that has just seen it may have cut it off. */
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

  /** Requests need no window. Without a bound of ours a peer could fill our memory with them while the far side does not read or answer. */
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
