import { coupleChannels, type Channel, type ChannelHandler } from '@sallyport/ssh';
import { streamCode, type ChannelStream } from './channel-stream.js';
import { Coupling, relayOptions, type CouplingObserver } from './coupling.js';
import { Outbox } from './outbox.js';
import type { ShownBytes } from './shown-text.js';

/** A channel request (RFC 4254 §5.4). */
export interface ChannelRequest {
  readonly type: string;
  /** The bytes behind `want reply`, unchanged. */
  readonly payload: Buffer;
  /** Answers the request. Without effect if the peer wants no reply. Answers leave in the order of their requests. */
  reply(accepted: boolean): void;
}

/** The owner of a channel. */
export interface ChannelHandlers {
  /** Handles bytes that came. They count against the window until `consume` returns them. */
  onData(data: Buffer, stream: ChannelStream): void;
  onRequest(request: ChannelRequest): void;
  /** Handles EOF: the peer sends no more bytes. It may still read (half-close). */
  onEof(): void;
  /**
   * Handles the close of the channel by the peer, or of the connection. Nothing more comes, and data is dropped. `close` answers it;
   * requests may be sent before.
   */
  onClose(): void;
  /** Handles that all written data has left for the socket. */
  onDrain(): void;
}

/** An SSH channel (RFC 4254 §5), in either role, on which the gateway itself talks. Written data waits in order for the peer's window. */
export class SshChannel {
  private handlers: ChannelHandlers | undefined;
  private readonly outbox = new Outbox();
  private hasEof = false;
  private hasClose = false;
  private isEnding = false;

  constructor(private readonly inner: Channel) {
    inner.setHandler(this.handler());
  }

  /** Sets the owner of this channel in place of the last one, and repeats an end that came before. Call it in the turn that returned the channel. */
  attach(handlers: ChannelHandlers): void {
    this.handlers = handlers;
    if (this.hasEof) handlers.onEof();
    if (this.hasClose) handlers.onClose();
  }

  /**
   * Holds what the peer sends, in order and within the window, until `release` was called as often as `hold`. The peer's close alone is
   * reported at once.
   */
  hold(): void {
    this.inner.hold();
  }

  release(): void {
    this.inner.release();
  }

  /** Queues bytes. They leave as the peer's window and the socket allow. After `eof` or `close` they are dropped. */
  write(data: ShownBytes, stream: ChannelStream): void {
    if (this.isEnding || this.hasClose || data.length === 0) return;
    this.outbox.push({ kind: 'data', data, stream });
    this.flush();
  }

  /** Returns true once the peer has closed the channel, or the connection has ended. */
  get isClosed(): boolean {
    return this.hasClose;
  }

  /** Returns the number of written bytes that have not left yet. The caller bounds them: it withholds credit from the other side meanwhile. */
  get backlogBytes(): number {
    return this.outbox.bytes;
  }

  /** Allows the peer to send so many bytes more. */
  consume(bytes: number): void {
    this.inner.consume(bytes);
  }

  /** Sends a request at once. Resolves to true if the peer accepts it, to false if it refuses or the channel closes first. */
  request(type: string, payload: Buffer): Promise<boolean> {
    return this.inner.requestRaw(type, payload);
  }

  /** Sends a request that wants no reply: at once, or behind all written data. */
  notify(type: string, payload: Buffer, order: 'at-once' | 'in-order'): void {
    if (order === 'at-once') this.inner.notifyRaw(type, payload);
    else this.queue(() => this.inner.notifyRaw(type, payload));
  }

  /** Sends EOF behind all written data. */
  eof(): void {
    this.isEnding = true;
    this.queue(() => this.inner.sendEof());
  }

  /** Closes the channel behind all written data. It also answers the peer's close. */
  close(): void {
    this.isEnding = true;
    this.queue(() => this.inner.close());
  }

  /** Closes the channel now. Written data that has not left is dropped. */
  abort(): void {
    this.isEnding = true;
    this.outbox.clear();
    this.inner.close();
  }

  /** Joins this channel, a client's, with an asset's, packet by packet. Data that was written here goes first. */
  couple(asset: SshChannel, observer: CouplingObserver): Coupling {
    const relay = coupleChannels(
      this.inner,
      asset.inner,
      relayOptions(observer, () => relay.resume()),
    );
    for (const { data, stream } of this.outbox.takeAll()) relay.inject('output', data, streamCode(stream));
    return new Coupling(
      relay,
      relay.ended.then(() => this.takeBack()),
    );
  }

  /** Takes over the events again: the coupling has ended. A returned channel stays held until its next owner releases it. */
  private takeBack(): void {
    this.inner.setHandler(this.handler());
    this.hasEof = this.inner.hasPeerEnded;
    this.hasClose = this.inner.hasPeerClosed;
  }

  private handler(): ChannelHandler {
    return {
      data: (bytes, stream) => this.onData(bytes, stream),
      passRequest: ({ name, body, wantsReply }, answer) => {
        if (!wantsReply) answer(true); // the answer keeps its place in the order of answers
        const reply = wantsReply ? answer : () => undefined;
        if (this.handlers) this.handlers.onRequest({ type: name, payload: body, reply });
        else reply(false);
      },
      eof: () => this.onEof(),
      closing: () => this.onClose(),
      abandoned: () => this.onClose(),
      closed: () => this.onClose(),
      writable: () => this.flush(),
    };
  }

  private onData(bytes: Buffer, stream: number): void {
    if (this.handlers && stream <= 1) this.handlers.onData(Buffer.from(bytes), stream === 1 ? 'stderr' : 'stdout');
    else this.inner.consume(bytes.length);
  }

  private onEof(): void {
    if (this.hasEof) return;
    this.hasEof = true;
    this.handlers?.onEof();
  }

  private onClose(): void {
    if (this.hasClose) return;
    this.hasEof = true;
    this.hasClose = true;
    this.outbox.dropData();
    if (this.handlers) this.handlers.onClose();
    else this.close();
    this.flush();
  }

  /** Sends as much as the window and the socket allow. */
  private flush(): void {
    const hadData = this.outbox.bytes > 0;
    for (let item = this.outbox.peek(); item; item = this.outbox.peek()) {
      if (item.kind === 'message') {
        this.outbox.shift();
        item.send();
        continue;
      }
      const sent = this.inner.send(item.data, streamCode(item.stream));
      const isAll = sent === item.data.length;
      if (sent > 0) this.outbox.takeData(item, sent);
      if (!isAll) return;
    }
    if (hadData) this.handlers?.onDrain();
  }

  private queue(send: () => void): void {
    this.outbox.push({ kind: 'message', send });
    this.flush();
  }
}
