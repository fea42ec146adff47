/**
 * One channel, seen from this side (RFC 4254 §5). Outbound data is not queued: `send` takes as many bytes as the peer's window and the
 * socket allow, and returns their number. Inbound, the peer's window grows only by the bytes that the application has consumed.
 * States: open → EOF sent or received, in either order (half-close) → CLOSE sent and received → gone.
 * A CLOSE is answered at once, or by `close` if the handler has `closing`. Earlier events are still delivered, in order.
 */
import { SshProtocolError } from '../wire/index.js';
import { Message } from '../transport/message.js';
import { AnswerQueue } from './answer-queue.js';
import type { ChannelHandler } from './channel-handler.js';
import { ChannelInbox } from './channel-inbox.js';
import { dataHead, encodeChannelMessage, encodeRequest, encodeWindowAdjust } from './channel-messages.js';
import { channelRequestName, encodeChannelRequest, type ChannelRequest, type ChannelRequestDetails } from './channel-request.js';
import type { ChannelKind } from './channel-kind.js';
import type { ChannelPort } from './channel-port.js';
import type { ChannelEvent } from './event-queue.js';
import { InboundCredit } from './inbound-credit.js';

/** The peer's end of a channel, as its CHANNEL_OPEN or CHANNEL_OPEN_CONFIRMATION describes it. */
export interface RemoteEnd {
  readonly number: number;
  readonly windowBytes: number;
  readonly packetBytes: number;
}

const MAX_WINDOW = 0xffffffff;
const KEEPALIVE = 'keepalive@openssh.com';
/** Requests that start the program of a session. Granting one widens the window. */
const STARTS_PROGRAM: ReadonlySet<string> = new Set(['shell', 'exec', 'subsystem']);

/** One channel (RFC 4254 §5): data, requests, EOF and CLOSE. Its states are described at the head of this file. */
export class Channel {
  /** Set by the relay: forwards a data packet that is being delivered right now, or returns false. */
  fastPath: ((bytes: Buffer, stream: number) => boolean) | undefined;
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
    /** This side's number of the channel. */
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

  /** Returns the peer's number of the channel. */
  get remoteNumber(): number {
    return this.remote.number;
  }

  /** Returns the maximum number of data bytes in one packet to the peer. */
  get packetBytes(): number {
    return Math.min(this.remote.packetBytes, this.port.limits.packetBytes);
  }

  /** Returns the number of bytes that the peer's window allows. */
  get sendWindow(): number {
    return this.isWritable ? this.remoteWindow : 0;
  }

  /** Returns the number of bytes that were received and not consumed. */
  get unconsumedBytes(): number {
    return this.credit.unconsumedBytes;
  }

  /** Returns true while data may be sent. */
  get isWritable(): boolean {
    return !this.isEofSent && !this.isCloseSent && !this.isCloseReceived && !this.isGone;
  }

  /** Returns true until CLOSE was sent or received, or the connection ended. */
  get isOpen(): boolean {
    return !this.isCloseSent && !this.isCloseReceived && !this.isGone;
  }

  /** Returns true after the peer's EOF or CLOSE, even before the handler was called. */
  get hasPeerEnded(): boolean {
    return this.isEofReceived || this.isCloseReceived || this.isGone;
  }

  /** Returns true after the peer's CLOSE or the end of the connection, even before the handler was called. */
  get hasPeerClosed(): boolean {
    return this.isCloseReceived || this.isGone;
  }

  /** Replaces the handler. Events that wait for a decision still wait for that of the old handler. */
  setHandler(handler: ChannelHandler): void {
    this.handler = handler;
  }

  /** Stops the delivery of events until `release` was called as often as `hold`. The events are queued, within the window. */
  hold(): void {
    this.inbox.hold();
  }

  /** Ends one `hold` and delivers the queued events. An error that the handler throws meanwhile ends the connection. */
  release(): void {
    try {
      this.inbox.release();
    } catch (error) {
      this.port.fail(error);
    }
  }

  // ——— outbound ———

  /**
   * Sends as many bytes as the peer's window and the socket take, in packets, and returns their number. The bytes are copied.
   * If it is less than the given bytes, `writable` is called when there is room.
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

  /** Returns the size of the next data packet, at most `wanted` bytes. After a 0, `writable` is called when there is room. */
  sendableBytes(wanted: number): number {
    if (!this.isWritable) return 0;
    const room = this.port.room();
    const size = Math.min(wanted, this.remoteWindow, this.packetBytes, room);
    if (size > 0 || wanted === 0) return size;
    if (room === 0) this.awaitRoom();
    else this.isWritableWanted = true;
    return 0;
  }

  /** Requests a call of `writable` when the socket has room again. */
  awaitRoom(): void {
    this.isWritableWanted = true;
    this.port.awaitRoom(this);
  }

  /** Counts a data packet that the relay sent itself. */
  countSent(bytes: number): void {
    this.remoteWindow -= bytes;
  }

  /** Sends EOF: no more data follows. Data can still be received. */
  sendEof(): void {
    if (!this.isWritable) return;
    this.isEofSent = true;
    this.port.send(encodeChannelMessage(Message.channelEof, this.remote.number));
  }

  /** Closes the channel in both directions. `closed` is called after the peer has closed it too. Data that still arrives is dropped. */
  close(): void {
    if (this.isCloseSent || this.isGone) return;
    this.isCloseSent = true;
    this.port.send(encodeChannelMessage(Message.channelClose, this.remote.number));
    this.inbox.clear();
    this.settleReplies();
    if (this.isCloseReceived) this.finish();
  }

  /** Sends a request. Resolves to false if the peer refuses it or the channel closes first. Replies arrive in the order of the requests. */
  request(details: ChannelRequestDetails): Promise<boolean> {
    return this.requestRaw(channelRequestName(details), encodeChannelRequest(details));
  }

  /** Sends a request with encoded fields; see `request`. */
  requestRaw(name: string, body: Buffer): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false);
    this.port.send(encodeRequest(this.remote.number, name, true, body));
    return new Promise((resolve) => this.replies.push(resolve));
  }

  /** Sends a request without want_reply. */
  notify(details: ChannelRequestDetails): void {
    this.notifyRaw(channelRequestName(details), encodeChannelRequest(details));
  }

  /** Sends a request with encoded fields and without want_reply. Allowed until CLOSE was sent, also after the peer's CLOSE. */
  notifyRaw(name: string, body: Buffer): void {
    if (!this.isCloseSent && !this.isGone) this.port.send(encodeRequest(this.remote.number, name, false, body));
  }

  // ——— window ———

  /**
   * Reports bytes that the application has processed: the peer may send as many more.
   * Throws RangeError if more bytes are consumed than were received.
   */
  consume(bytes: number): void {
    if (this.isGone) return;
    this.credit.consume(bytes);
    this.adjustWindow();
  }

  /** Changes the size of the peer's window to this many bytes. */
  widenWindow(windowBytes: number = this.port.limits.windowBytes): void {
    this.credit.aim(windowBytes);
    this.adjustWindow();
  }

  private adjustWindow(): void {
    if (this.isEofReceived || this.isCloseSent || this.isCloseReceived || this.isGone) return;
    const granted = this.credit.replenish();
    if (granted > 0) this.port.send(encodeWindowAdjust(this.remote.number, granted));
  }

  // ——— inbound; called by the connection ———

  /** Handles CHANNEL_DATA or CHANNEL_EXTENDED_DATA. */
  onData(bytes: Buffer, stream: number): void {
    if (this.isEofReceived || this.isCloseReceived) throw SshProtocolError.malformed(`Data after the end of channel ${this.number}`);
    this.credit.receive(bytes.length, this.number);
    if (this.isCloseSent) this.credit.consume(bytes.length);
    else if (!this.isWaiting && this.fastPath?.(bytes, stream) === true) return;
    else if (this.isWaiting) this.inbox.keepData(bytes, stream);
    else this.deliverData(bytes, stream);
  }

  /** Returns true while earlier events wait, so that a packet may not take the fast path. */
  get isWaiting(): boolean {
    return this.inbox.isWaiting;
  }

  /** Handles WINDOW_ADJUST. */
  onWindowAdjust(bytes: number): void {
    this.remoteWindow += bytes;
    if (this.remoteWindow > MAX_WINDOW) throw SshProtocolError.malformed(`Window of channel ${this.number} overflows`);
    if (bytes > 0) this.onRoom();
  }

  /** Handles possible new room to send. */
  onRoom(): void {
    if (!this.isWritableWanted) return;
    this.isWritableWanted = false;
    this.handler.writable?.();
  }

  /**
   * Handles CHANNEL_REQUEST, also after CLOSE was sent: a server sends the exit-status when the program ends, not when it is asked to close.
   */
  onRequest(request: ChannelRequest): void {
    if (this.isCloseReceived) throw SshProtocolError.malformed(`Request after the close of channel ${this.number}`);
    this.inbox.take({ kind: 'request', request });
  }

  /** Handles CHANNEL_SUCCESS or CHANNEL_FAILURE. Like OpenSSH, ignores a reply without a request. */
  onReply(isGranted: boolean): void {
    this.replies.shift()?.(isGranted);
  }

  /** Handles CHANNEL_EOF. Ignores a second one. */
  onEof(): void {
    if (this.isEofReceived || this.isCloseReceived) return;
    this.isEofReceived = true;
    this.credit.endInput();
    if (this.isCloseSent) return;
    this.inbox.take({ kind: 'eof' });
  }

  /** Handles CHANNEL_CLOSE. */
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

  /** Handles the end of the connection. */
  onConnectionEnd(reason: Error): void {
    if (this.isGone) return;
    this.isGone = true;
    this.inbox.clear();
    this.settleReplies();
    this.handler.closed?.(reason);
  }

  private answerClose(): void {
    this.isCloseSent = true;
    this.port.send(encodeChannelMessage(Message.channelClose, this.remote.number));
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

  /** Delivers a request. The engine answers keepalives itself: any reply is a sign of life, and OpenSSH's client sends FAILURE. */
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
    const decide = this.answers.reserve(wantsReply);
    return (isGranted) => {
      if (decide(isGranted) && isGranted && STARTS_PROGRAM.has(name) && this.isOpen) this.widenWindow();
    };
  }

  private sendAnswer(isGranted: boolean): void {
    if (this.isCloseSent || this.isGone) return;
    this.port.send(encodeChannelMessage(isGranted ? Message.channelSuccess : Message.channelFailure, this.remote.number));
  }

  /**
   * Delivers CLOSE. The handler may have changed since the CLOSE arrived: the CLOSE is answered here unless the current one has `closing`.
   */
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
