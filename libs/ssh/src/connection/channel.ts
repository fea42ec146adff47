/**
 * One channel, seen from this side (RFC 4254 §5). Nothing is queued outward: `send` takes what the peer's window and the socket allow and
 * says how much that was. Inward the peer gets credit only for what the application has consumed.
 * States: open → eof sent or received, in either order (half-close) → close sent and received → gone. A CLOSE is answered at once, or by
 * `close` where the handler has `closing`; what came before it is still handed on, in order.
 */
import { SshProtocolError } from '../wire/index.js';
import { Message } from '../transport/message.js';
import { AnswerQueue } from './answer-queue.js';
import type { ChannelHandler } from './channel-handler.js';
import { ChannelInbox } from './channel-inbox.js';
import { dataHead, encodeBare, encodeRequest, encodeWindowAdjust } from './channel-messages.js';
import { channelRequestName, encodeChannelRequest, type ChannelRequest, type ChannelRequestDetails } from './channel-request.js';
import type { ChannelKind } from './channel-kind.js';
import type { ChannelPort } from './channel-port.js';
import type { ChannelEvent } from './event-queue.js';
import { InboundCredit } from './inbound-credit.js';

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

/** See the head of this file. */
export class Channel {
  /** Set by the relay: takes a data packet that is being handed on right now, or answers false. */
  shortcut: ((bytes: Buffer, stream: number) => boolean) | undefined;
  private remoteWindow: number;
  private readonly credit: InboundCredit;
  private readonly answers = new AnswerQueue((isGranted) => this.sendAnswer(isGranted));
  private readonly inbox: ChannelInbox;
  private isEofSent = false;
  private isEofReceived = false;
  private isCloseSent = false;
  private isCloseReceived = false;
  private isGone = false;
  private isWritableWanted = false;
  private readonly replies: ((isGranted: boolean) => void)[] = [];

  constructor(
    readonly port: ChannelPort,
    /** Our number of the channel. */
    readonly number: number,
    readonly kind: ChannelKind,
    private readonly remote: RemoteEnd,
    private handler: ChannelHandler,
    windowBytes: number,
    firstCredit: number,
  ) {
    this.remoteWindow = remote.windowBytes;
    this.credit = new InboundCredit(port.ledger, firstCredit, windowBytes, port.limits.floorWindowBytes);
    this.inbox = new ChannelInbox(port.held, (event) => this.deliver(event));
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
    return this.credit.unconsumedBytes;
  }

  /** True while data may be sent. */
  get isWritable(): boolean {
    return !this.isEofSent && !this.isCloseSent && !this.isCloseReceived && !this.isGone;
  }

  /** True until CLOSE went one way or the connection ended. */
  get isOpen(): boolean {
    return !this.isCloseSent && !this.isCloseReceived && !this.isGone;
  }

  /** The peer has said that it sends no more data; the handler may not have been told yet. */
  get hasPeerEnded(): boolean {
    return this.isEofReceived || this.isCloseReceived || this.isGone;
  }

  /** The peer has closed the channel, or the connection ended; the handler may not have been told yet. */
  get hasPeerClosed(): boolean {
    return this.isCloseReceived || this.isGone;
  }

  /** From now on someone else handles the channel; what waits for a decision still waits for the old one's. */
  setHandler(handler: ChannelHandler): void {
    this.handler = handler;
  }

  /** Nothing more is handed to the handler until as many `release`s as `hold`s were called: it waits in order, within the window. */
  hold(): void {
    this.inbox.hold();
  }

  /** Ends one `hold` and hands on what waited. What a handler throws meanwhile ends the connection. */
  release(): void {
    try {
      this.inbox.release();
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
    this.inbox.clear();
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

  /** As `notify`, with the request's own bytes as they are. Possible until CLOSE was sent, as one that was received need not be answered yet. */
  notifyRaw(name: string, body: Buffer): void {
    if (!this.isCloseSent && !this.isGone) this.port.send(encodeRequest(this.remote.number, name, false, body));
  }

  // ——— credit ———

  /** The application is done with this many bytes that it was given: the peer may send as many more. */
  consume(bytes: number): void {
    if (this.isGone) return;
    this.credit.consume(bytes);
    this.giveCredit();
  }

  /** Gives the peer a window of this many bytes from now on. */
  widen(windowBytes: number = this.port.limits.windowBytes): void {
    this.credit.aim(windowBytes);
    this.giveCredit();
  }

  private giveCredit(): void {
    if (this.isEofReceived || this.isCloseSent || this.isCloseReceived || this.isGone) return;
    const granted = this.credit.replenish();
    if (granted > 0) this.port.send(encodeWindowAdjust(this.remote.number, granted));
  }

  // ——— inward; called by the connection ———

  /** CHANNEL_DATA or CHANNEL_EXTENDED_DATA. */
  onData(bytes: Buffer, stream: number): void {
    if (this.isEofReceived || this.isCloseReceived) throw SshProtocolError.malformed(`Data after the end of channel ${this.number}`);
    this.credit.receive(bytes.length, this.number);
    if (this.isCloseSent) this.credit.consume(bytes.length);
    else if (!this.isWaiting && this.shortcut?.(bytes, stream) === true) return;
    else if (this.isWaiting) this.inbox.keepData(bytes, stream);
    else this.deliverData(bytes, stream);
  }

  /** True while earlier events wait, so that a packet may not be handed on by a short cut. */
  get isWaiting(): boolean {
    return this.inbox.isWaiting;
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

  /** CHANNEL_REQUEST. Also after our own CLOSE: a server says how a program ended when it ends, not when it is asked to close. */
  onRequest(request: ChannelRequest): void {
    if (this.isCloseReceived) throw SshProtocolError.malformed(`Request after the close of channel ${this.number}`);
    this.inbox.take({ kind: 'request', request });
  }

  /** CHANNEL_SUCCESS or CHANNEL_FAILURE. One that nobody waits for is ignored, as OpenSSH does. */
  onReply(isGranted: boolean): void {
    this.replies.shift()?.(isGranted);
  }

  /** CHANNEL_EOF. A second one is ignored. */
  onEof(): void {
    if (this.isEofReceived || this.isCloseReceived) return;
    this.isEofReceived = true;
    this.credit.endInput();
    if (this.isCloseSent) return;
    this.inbox.take({ kind: 'eof' });
  }

  /** CHANNEL_CLOSE. */
  onClose(): void {
    if (this.isCloseReceived) throw SshProtocolError.malformed(`Channel ${this.number} closed twice`);
    this.isCloseReceived = true;
    this.credit.endInput();
    this.settleReplies();
    if (this.isCloseSent) return this.finish();
    if (this.isWaiting) this.handler.abandoned?.();
    if (!this.isCloseSent && this.handler.closing === undefined) this.answerClose();
    if (!this.isGone) this.inbox.take({ kind: 'closed' });
    return undefined;
  }

  /** The connection ended. */
  onConnectionEnd(reason: Error): void {
    if (this.isGone) return;
    this.isGone = true;
    this.inbox.clear();
    this.settleReplies();
    this.handler.closed?.(reason);
  }

  private answerClose(): void {
    this.isCloseSent = true;
    this.port.send(encodeBare(Message.channelClose, this.remote.number));
    this.port.forget(this);
  }

  // ——— delivery ———

  private deliver(event: ChannelEvent): void {
    switch (event.kind) {
      case 'data':
        return this.deliverData(event.bytes, event.stream);
      case 'request':
        return this.deliverRequest(event.request);
      case 'eof':
        return this.handler.eof?.();
      case 'closed':
        return this.deliverClose();
    }
  }

  private deliverData(bytes: Buffer, stream: number): void {
    if (this.handler.data === undefined) this.consume(bytes.length);
    else this.handler.data(bytes, stream);
  }

  /** Keepalives are the engine's own: any answer is a sign of life, and OpenSSH's client gives this one. */
  private deliverRequest(request: ChannelRequest): void {
    const answer = this.answerTo(request);
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

  private answerTo({ wantsReply, name }: ChannelRequest): (isGranted: boolean) => void {
    const decide = this.answers.promise(wantsReply);
    return (isGranted) => {
      if (decide(isGranted) && isGranted && IS_ACCEPTANCE.has(name) && this.isOpen) this.widen();
    };
  }

  private sendAnswer(isGranted: boolean): void {
    if (this.isCloseSent || this.isGone) return;
    this.port.send(encodeBare(isGranted ? Message.channelSuccess : Message.channelFailure, this.remote.number));
  }

  /** The handler may have changed since the CLOSE came: one that answers by itself is answered for. */
  private deliverClose(): void {
    if (this.handler.closing !== undefined && !this.isCloseSent) return this.handler.closing();
    if (!this.isCloseSent) this.answerClose();
    this.finish();
  }

  private settleReplies(): void {
    for (const reply of this.replies.splice(0)) reply(false);
  }

  private finish(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.inbox.clear();
    this.credit.release();
    this.port.forget(this);
    this.handler.closed?.();
  }
}
