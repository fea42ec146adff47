import { coupleChannels, type Channel, type ChannelHandler } from '@sallyport/ssh';
import { streamCode, type ChannelStream } from './channel-stream.js';
import { Coupling, relayOptions, type CouplingWatch } from './coupling.js';
import { Outbox } from './outbox.js';

/** A channel request (RFC 4254 §5.4), payload as it came. */
export interface ChannelRequest {
  readonly type: string;
  /** What follows `want reply`. */
  readonly payload: Buffer;
  /** Answers it; without effect when no reply is wanted. Answers leave in the order of their requests. */
  reply(accepted: boolean): void;
}

/** What a channel tells its user. */
export interface ChannelHandlers {
  /** Bytes came. They count against the window until they are given back with `consume`. */
  onData(data: Buffer, stream: ChannelStream): void;
  onRequest(request: ChannelRequest): void;
  /** The peer will send no more bytes; it may still read (half-close). */
  onEof(): void;
  /** The peer has closed the channel, or the connection is gone: nothing more comes, and data goes nowhere. `close` answers it; requests may go before. */
  onClose(): void;
  /** All that was written has left for the socket. */
  onDrain(): void;
}

/** One SSH channel (RFC 4254 §5), in either role, while we talk on it ourselves: what is written waits in order for the peer's window. */
export class SshChannel {
  private handlers: ChannelHandlers | undefined;
  private readonly outbox = new Outbox();
  private hasEof = false;
  private hasClose = false;
  private isEnding = false;

  constructor(private readonly inner: Channel) {
    inner.setHandler(this.handler());
  }

  /** Sets who hears of this channel, in place of whoever did; an end that came before is told again. To be called in the turn that gave it. */
  attach(handlers: ChannelHandlers): void {
    this.handlers = handlers;
    if (this.hasEof) handlers.onEof();
    if (this.hasClose) handlers.onClose();
  }

  /** Nothing more is told until as many `release`s as `hold`s were called: what comes waits in order, within the window. Only that the peer has closed is told at once. */
  hold(): void {
    this.inner.hold();
  }

  release(): void {
    this.inner.release();
  }

  /** Queues bytes. They leave as the peer's window and the socket allow; after `eof` or `close` they are dropped. */
  write(data: Buffer, stream: ChannelStream): void {
    if (this.isEnding || this.hasClose || data.length === 0) return;
    this.outbox.push({ kind: 'data', data, stream });
    this.flush();
  }

  /** Bytes written that have not left yet. The caller bounds them by giving the other side no credit meanwhile. */
  get backlogBytes(): number {
    return this.outbox.bytes;
  }

  /** Allows the peer to send that many bytes more. */
  consume(bytes: number): void {
    this.inner.consume(bytes);
  }

  /** Sends a request at once; resolves to whether the peer accepted it, to false when the channel closes first. */
  request(type: string, payload: Buffer): Promise<boolean> {
    return this.inner.requestRaw(type, payload);
  }

  /** Sends a request that wants no reply: at once, or behind all that was written. */
  notify(type: string, payload: Buffer, order: 'at-once' | 'in-order'): void {
    if (order === 'at-once') this.inner.notifyRaw(type, payload);
    else this.queue(() => this.inner.notifyRaw(type, payload));
  }

  /** Ends our direction behind all that was written. */
  eof(): void {
    this.isEnding = true;
    this.queue(() => this.inner.sendEof());
  }

  /** Closes the channel behind all that was written; also the answer to the peer's close. */
  close(): void {
    this.isEnding = true;
    this.queue(() => this.inner.close());
  }

  /** Closes the channel now; what was written and has not left is dropped. */
  abort(): void {
    this.isEnding = true;
    this.outbox.clear();
    this.inner.close();
  }

  /** Passes this channel, a client's, through to one of an asset, packet by packet. What was written here goes first. */
  couple(asset: SshChannel, watch: CouplingWatch): Coupling {
    const relay = coupleChannels(
      this.inner,
      asset.inner,
      relayOptions(watch, () => relay.resume()),
    );
    for (const { data, stream } of this.outbox.takeAll()) relay.inject('output', data, streamCode(stream));
    return new Coupling(
      relay,
      relay.ended.then(() => this.takeBack()),
    );
  }

  /** The coupling has ended: events come here again. A channel that was given back is held until whoever attaches releases it. */
  private takeBack(): void {
    this.inner.setHandler(this.handler());
    this.hasEof = this.inner.hasPeerEnded;
    this.hasClose = this.inner.hasPeerClosed;
  }

  private handler(): ChannelHandler {
    return {
      data: (bytes, stream) => this.onData(bytes, stream),
      passRequest: ({ name, body, wantsReply }, answer) => {
        if (!wantsReply) answer(true); // it holds a place in the order of answers
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

  /** Sends what the window and the socket allow. */
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
