/**
 * One channel, seen from this side (RFC 4254 §5). Nothing is queued outward: `send` takes what the peer's window and the socket allow and
 * says how much that was. Inward the peer gets credit only for what the application has consumed.
 * States: open → eof sent or received, in either order (half-close) → close sent and received → gone. A CLOSE is answered at once; what
 * came before it is still handed on, in order.
 */
import { SshProtocolError } from '../wire/index.js';
import { Message } from '../transport/message.js';
import type { SshTransport } from '../transport/ssh-transport.js';
import { dataHead, encodeBare, encodeRequest, encodeWindowAdjust } from './channel-messages.js';
import { channelRequestName, encodeChannelRequest, type ChannelRequest, type ChannelRequestDetails } from './channel-request.js';
import type { ChannelKind } from './channel-kind.js';
import type { CreditLedger } from './credit-ledger.js';
import { EventQueue } from './event-queue.js';
import type { HeldBudget } from './held-budget.js';
import type { ConnectionLimits } from './limits.js';

/** The application's end of a channel. Everything comes in the order in which the peer sent it. */
export interface ChannelHandler {
  /**
   * Bytes arrived: a view, valid during the call. Each must be `consume`d once, now or later. `stream` is 0 for data and the type
   * code for extended data (1 is stderr). Without this method data is dropped.
   */
  data?(bytes: Buffer, stream: number): void;
  /** True grants. What follows on this channel waits until a promise is settled; rejecting it refuses. Without this method all are refused. */
  request?(request: ChannelRequest): boolean | Promise<boolean>;
  /**
   * As `request`, and used instead of it where present, for whoever passes requests on: what follows does not wait. `answer` must be called
   * once, now or later; answers go out in the order of the requests.
   */
  passRequest?(request: ChannelRequest, answer: (isGranted: boolean) => void): void;
  /** The peer will send no more data; this side still may. */
  eof?(): void;
  /** The last call: the peer closed the channel, or the connection ended and `reason` says how. */
  closed?(reason?: Error): void;
  /** `send` took less than it was given; it will take more now. */
  writable?(): void;
  /** The peer has closed the channel though earlier events still wait for an answer of `request`: a hint not to go on. */
  abandoned?(): void;
}

/** What a channel, and the relay, need of its connection. */
export interface ChannelPort {
  readonly transport: SshTransport;
  readonly limits: ConnectionLimits;
  readonly ledger: CreditLedger;
  readonly held: HeldBudget;
  send(head: Uint8Array, body?: Uint8Array): void;
  /** Bytes of data the transport takes now; after a 0 `awaitRoom` gets the channel's `roomReturned` called. */
  room(): number;
  awaitRoom(channel: Channel): void;
  /** CLOSE went both ways: the number is free. */
  forget(channel: Channel): void;
  /** A handler of the application threw. */
  fail(error: unknown): void;
}

/** What the peer told about its end. */
export interface RemoteEnd {
  readonly number: number;
  readonly windowBytes: number;
  readonly packetBytes: number;
}

const MAX_WINDOW = 0xffffffff;
const KEEPALIVE = 'keepalive@openssh.com';
/** Granting one of these says what the channel is for. */
const IS_ACCEPTANCE: ReadonlySet<string> = new Set(['shell', 'exec', 'subsystem']);

interface PendingAnswer {
  readonly isWanted: boolean;
  isGranted: boolean | undefined;
}

/** See the head of this file. */
export class Channel {
  private localWindow = 0;
  private unconsumed = 0;
  private remoteWindow: number;
  private readonly queue: EventQueue;
  private holds = 0;
  private isEofSent = false;
  private isEofReceived = false;
  private isCloseSent = false;
  private isCloseReceived = false;
  private isGone = false;
  private isWritableWanted = false;
  private readonly replies: ((isGranted: boolean) => void)[] = [];
  private readonly answers: PendingAnswer[] = [];
  /** Set by the relay: takes a data packet that is being handed on right now, or answers false. */
  shortcut: ((bytes: Buffer, stream: number) => boolean) | undefined;

  constructor(
    readonly port: ChannelPort,
    /** Our number of the channel. */
    readonly number: number,
    readonly kind: ChannelKind,
    private readonly remote: RemoteEnd,
    private handler: ChannelHandler,
    private windowBytes: number,
    firstCredit: number,
  ) {
    this.remoteWindow = remote.windowBytes;
    this.localWindow = firstCredit;
    this.queue = new EventQueue(port.held);
  }

  /** The peer's number of the channel. */
  get remoteNumber(): number {
    return this.remote.number;
  }

  /** Largest packet of data that may be sent. */
  get packetBytes(): number {
    return Math.min(this.remote.packetBytes, this.port.limits.packetBytes);
  }

  /** Bytes the peer's window still allows. */
  get sendWindow(): number {
    return this.isWritable ? this.remoteWindow : 0;
  }

  /** Bytes received and not consumed yet. */
  get unconsumedBytes(): number {
    return this.unconsumed;
  }

  /** True while data may be sent. */
  get isWritable(): boolean {
    return !this.isEofSent && !this.isCloseSent && !this.isGone;
  }

  /** True until CLOSE went one way or the connection ended. */
  get isOpen(): boolean {
    return !this.isCloseSent && !this.isCloseReceived && !this.isGone;
  }

  /** From now on someone else handles the channel; what waits for a decision still waits for the old one's. */
  setHandler(handler: ChannelHandler): void {
    this.handler = handler;
  }

  /** Nothing more is handed to the handler until as many `release`s as `hold`s were called: it waits in order, within the window. */
  hold(): void {
    this.holds += 1;
  }

  /** Ends one `hold` and hands on what waited. What a handler throws meanwhile ends the connection. */
  release(): void {
    this.holds -= 1;
    try {
      this.deliverWaiting();
    } catch (error) {
      this.port.fail(error);
    }
  }

  // ——— outward ———

  /**
   * Sends as much as the peer's window and the socket take, in packets; answers how many bytes that were. When it is less than was given,
   * `writable` is called once there is room. The bytes are copied.
   */
  send(bytes: Uint8Array, stream = 0): number {
    let sent = 0;
    while (sent < bytes.length) {
      const size = this.sendableBytes(bytes.length - sent);
      if (size === 0) break;
      this.port.send(dataHead(this.remote.number, stream, size), bytes.subarray(sent, sent + size));
      this.remoteWindow -= size;
      sent += size;
    }
    return sent;
  }

  /** Size of the next packet of at most `wanted` bytes; 0 asks for a call of `writable`. */
  sendableBytes(wanted: number): number {
    if (!this.isWritable) return 0;
    const room = this.port.room();
    const size = Math.min(wanted, this.remoteWindow, this.packetBytes, room);
    if (size > 0 || wanted === 0) return size;
    if (room === 0) this.awaitRoom();
    else this.isWritableWanted = true;
    return 0;
  }

  /** Asks for a call of `writable` once the socket has room again. */
  awaitRoom(): void {
    this.isWritableWanted = true;
    this.port.awaitRoom(this);
  }

  /** The relay sent a packet of data by itself. */
  countSent(bytes: number): void {
    this.remoteWindow -= bytes;
  }

  /** No more data from this side. Data can still be received. */
  sendEof(): void {
    if (!this.isWritable) return;
    this.isEofSent = true;
    this.port.send(encodeBare(Message.channelEof, this.remote.number));
  }

  /** Closes the channel in both directions; `closed` is called when the peer has done so too. Data that still arrives is dropped. */
  close(): void {
    if (this.isCloseSent || this.isGone) return;
    this.isCloseSent = true;
    this.port.send(encodeBare(Message.channelClose, this.remote.number));
    this.queue.clear();
    this.settleReplies();
    if (this.isCloseReceived) this.finish();
  }

  /** Asks the peer for something; false when it refuses or the channel closes first. Answers come in the order of the questions. */
  request(details: ChannelRequestDetails): Promise<boolean> {
    return this.requestRaw(channelRequestName(details), encodeChannelRequest(details));
  }

  /** As `request`, with the request's own bytes as they are. */
  requestRaw(name: string, body: Buffer): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false);
    this.port.send(encodeRequest(this.remote.number, name, true, body));
    return new Promise((resolve) => this.replies.push(resolve));
  }

  /** Tells the peer something it need not answer. */
  notify(details: ChannelRequestDetails): void {
    this.notifyRaw(channelRequestName(details), encodeChannelRequest(details));
  }

  /** As `notify`, with the request's own bytes as they are. */
  notifyRaw(name: string, body: Buffer): void {
    if (this.isOpen) this.port.send(encodeRequest(this.remote.number, name, false, body));
  }

  // ——— credit ———

  /** The application is done with this many bytes that it was given: the peer may send as many more. */
  consume(bytes: number): void {
    if (this.isGone) return;
    if (bytes > this.unconsumed) throw new RangeError(`${bytes} bytes consumed of ${this.unconsumed}`);
    this.unconsumed -= bytes;
    this.port.ledger.giveBack(bytes);
    this.giveCredit();
  }

  /** Gives the peer a window of this many bytes from now on. */
  widen(windowBytes: number = this.port.limits.windowBytes): void {
    this.windowBytes = windowBytes;
    this.giveCredit();
  }

  private giveCredit(): void {
    if (this.isEofReceived || this.isCloseSent || this.isCloseReceived || this.isGone) return;
    const given = this.localWindow + this.unconsumed;
    const missing = this.windowBytes - given;
    if (missing < this.windowBytes / 4) return;
    const granted = this.port.ledger.take(missing, Math.min(missing, this.port.limits.floorWindowBytes - given));
    if (granted === 0) return;
    this.localWindow += granted;
    this.port.send(encodeWindowAdjust(this.remote.number, granted));
  }

  // ——— inward; called by the connection ———

  /** CHANNEL_DATA or CHANNEL_EXTENDED_DATA. */
  onData(bytes: Buffer, stream: number): void {
    this.countReceived(bytes.length);
    if (this.isCloseSent) this.drop(bytes.length);
    else if (!this.isWaiting && this.shortcut?.(bytes, stream) === true) return;
    else if (this.isWaiting) this.queue.pushData(bytes, stream);
    else this.deliverData(bytes, stream);
  }

  /** Throws when the peer may not send this much now. */
  countReceived(bytes: number): void {
    if (this.isEofReceived || this.isCloseReceived) throw SshProtocolError.malformed(`Data after the end of channel ${this.number}`);
    if (bytes > this.localWindow) throw SshProtocolError.malformed(`Channel ${this.number} received ${bytes} bytes; its window is ${this.localWindow}`);
    this.localWindow -= bytes;
    this.unconsumed += bytes;
  }

  /** True while earlier events wait, so that a packet may not be handed on by a short cut. */
  get isWaiting(): boolean {
    return this.holds > 0 || !this.queue.isEmpty;
  }

  /** WINDOW_ADJUST. */
  onWindowAdjust(bytes: number): void {
    this.remoteWindow += bytes;
    if (this.remoteWindow > MAX_WINDOW) throw SshProtocolError.malformed(`Window of channel ${this.number} overflows`);
    if (bytes > 0) this.roomReturned();
  }

  /** There may be room to send. */
  roomReturned(): void {
    if (!this.isWritableWanted) return;
    this.isWritableWanted = false;
    this.handler.writable?.();
  }

  /** CHANNEL_REQUEST. */
  onRequest(request: ChannelRequest): void {
    if (this.isCloseReceived) throw SshProtocolError.malformed(`Request after the close of channel ${this.number}`);
    if (this.isCloseSent) return;
    if (this.isWaiting) this.queue.push({ kind: 'request', request });
    else this.deliverRequest(request);
  }

  /** CHANNEL_SUCCESS or CHANNEL_FAILURE. One that nobody waits for is ignored, as OpenSSH does. */
  onReply(isGranted: boolean): void {
    this.replies.shift()?.(isGranted);
  }

  /** CHANNEL_EOF. A second one is ignored. */
  onEof(): void {
    if (this.isEofReceived || this.isCloseReceived) return;
    this.isEofReceived = true;
    this.shrinkLedger();
    if (this.isCloseSent) return;
    if (this.isWaiting) this.queue.push({ kind: 'eof' });
    else this.handler.eof?.();
  }

  /** CHANNEL_CLOSE. */
  onClose(): void {
    if (this.isCloseReceived) throw SshProtocolError.malformed(`Channel ${this.number} closed twice`);
    this.isCloseReceived = true;
    this.shrinkLedger();
    this.settleReplies();
    const mustAnswer = !this.isCloseSent;
    if (mustAnswer && this.isWaiting) {
      this.queue.push({ kind: 'closed' });
      this.handler.abandoned?.();
      this.answerClose();
    } else {
      if (mustAnswer) this.answerClose();
      this.finish();
    }
  }

  /** The connection ended. */
  onConnectionEnd(reason: Error): void {
    if (this.isGone) return;
    this.isGone = true;
    this.queue.clear();
    this.settleReplies();
    this.handler.closed?.(reason);
  }

  private answerClose(): void {
    this.isCloseSent = true;
    this.port.send(encodeBare(Message.channelClose, this.remote.number));
    this.port.forget(this);
  }

  // ——— delivery ———

  private deliverData(bytes: Buffer, stream: number): void {
    if (this.handler.data === undefined) this.consume(bytes.length);
    else this.handler.data(bytes, stream);
  }

  /** Keepalives are the engine's own: any answer is a sign of life, and OpenSSH's client gives this one. */
  private deliverRequest(request: ChannelRequest): void {
    const answer = this.promiseAnswer(request);
    if (request.name === KEEPALIVE) return answer(false);
    if (this.handler.passRequest !== undefined) return this.handler.passRequest(request, answer);
    const verdict = this.handler.request?.(request) ?? false;
    if (typeof verdict === 'boolean') return answer(verdict);
    this.hold();
    verdict
      .catch(() => false)
      .then((isGranted) => {
        answer(isGranted);
        this.release();
      })
      .catch((error: unknown) => this.port.fail(error));
    return undefined;
  }

  /** Keeps the request's place among the answers. */
  private promiseAnswer(request: ChannelRequest): (isGranted: boolean) => void {
    const pending: PendingAnswer = { isWanted: request.wantsReply, isGranted: undefined };
    this.answers.push(pending);
    return (isGranted) => {
      if (pending.isGranted !== undefined) return;
      pending.isGranted = isGranted;
      this.sendAnswers();
      if (isGranted && IS_ACCEPTANCE.has(request.name) && this.isOpen) this.widen();
    };
  }

  private sendAnswers(): void {
    while (this.answers.length > 0 && this.answers[0]!.isGranted !== undefined) {
      const { isWanted, isGranted } = this.answers.shift()!;
      if (!isWanted || this.isCloseSent || this.isGone) continue;
      this.port.send(encodeBare(isGranted ? Message.channelSuccess : Message.channelFailure, this.remote.number));
    }
  }

  private deliverWaiting(): void {
    while (this.holds === 0 && !this.isGone) {
      const event = this.queue.peek();
      if (event === undefined) return;
      this.queue.shift();
      switch (event.kind) {
        case 'data':
          this.deliverData(event.bytes, event.stream);
          break;
        case 'request':
          this.deliverRequest(event.request);
          break;
        case 'eof':
          this.handler.eof?.();
          break;
        case 'closed':
          this.finish();
      }
    }
  }

  private drop(bytes: number): void {
    this.unconsumed -= bytes;
    this.port.ledger.giveBack(bytes);
  }

  /** What the peer was allowed to send and cannot send any more is free for other channels. */
  private shrinkLedger(): void {
    this.port.ledger.giveBack(this.localWindow);
    this.localWindow = 0;
  }

  private settleReplies(): void {
    for (const reply of this.replies.splice(0)) reply(false);
  }

  private finish(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.port.ledger.giveBack(this.unconsumed + this.localWindow);
    this.unconsumed = 0;
    this.localWindow = 0;
    this.port.forget(this);
    this.handler.closed?.();
  }
}
