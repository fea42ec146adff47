import type { ChannelHandlers, ChannelStream, SshChannel } from '../ssh-channel.js';
import { Message, ProtocolViolation, SshReader, SshWriter } from '../wire/index.js';
import { Outbox } from './outbox.js';
import { AwaitedReplies, ReplyQueue } from './replies.js';

/** What a peer may send before it is given credit: enough for 40 MB/s at 50 ms of round trip, and the bound on what one channel holds. */
export const WINDOW_BYTES = 2 * 1024 * 1024;
/** Largest data message that is announced; what OpenSSH fills. */
export const MAX_PACKET_BYTES = 32 * 1024;
/** Credit is given in portions, not byte by byte. */
const CREDIT_PORTION = WINDOW_BYTES / 8;
const MAX_WINDOW = 0xffff_ffff;
/** Requests of a peer that may wait for their answer. */
const MAX_OPEN_REQUESTS = 256;
const STDERR = 1;

/** What the connection layer needs of its transport. */
export interface MuxTransport {
  /** Sends one message: `payload`, and behind it `data`. */
  send(payload: Buffer, data?: Buffer): void;
  /** Whether data has to wait. */
  readonly isCongested: boolean;
  unimplemented(): void;
}

/** The other end of a channel, as its peer announced it. */
export interface RemoteEnd {
  id: number;
  windowBytes: number;
  maxPacketBytes: number;
}

/** One channel of a connection (RFC 4254 §5). */
export class MuxChannel implements SshChannel {
  private handlers: ChannelHandlers | undefined;
  private readonly outbox = new Outbox();
  private readonly replies = new ReplyQueue((accepted) => this.sendShort(accepted ? Message.CHANNEL_SUCCESS : Message.CHANNEL_FAILURE));
  private readonly awaited = new AwaitedReplies();
  private sendWindow: number;
  private receiveWindow = WINDOW_BYTES;
  private consumed = 0;
  private isEofQueued = false;
  private isCloseQueued = false;
  private isCloseSent = false;
  private isCloseReceived = false;
  private isEofReceived = false;

  constructor(
    private readonly transport: MuxTransport,
    readonly localId: number,
    private readonly remote: RemoteEnd,
    /** Both directions are closed: the number is free again. */
    private readonly released: () => void,
  ) {
    this.sendWindow = remote.windowBytes;
  }

  attach(handlers: ChannelHandlers): void {
    this.handlers = handlers;
    if (this.isEofReceived) handlers.onEof();
    if (this.isCloseReceived) handlers.onClose();
  }

  get backlogBytes(): number {
    return this.outbox.bytes;
  }

  write(data: Buffer, stream: ChannelStream): void {
    if (this.isEofQueued || this.isCloseQueued || this.isCloseReceived || data.length === 0) return;
    this.outbox.push({ kind: 'data', data, stream });
    this.flush();
  }

  consume(bytes: number): void {
    this.consumed += bytes;
    if (this.consumed < CREDIT_PORTION || this.isCloseSent || this.isCloseReceived || this.isEofReceived) return;
    this.receiveWindow += this.consumed;
    this.transport.send(new SshWriter().byte(Message.CHANNEL_WINDOW_ADJUST).uint32(this.remote.id).uint32(this.consumed).finish());
    this.consumed = 0;
  }

  request(type: string, payload: Buffer): Promise<boolean> {
    if (this.isCloseSent || this.isCloseReceived) return Promise.resolve(false);
    this.sendRequest(type, true, payload);
    return this.awaited.next();
  }

  notify(type: string, payload: Buffer, order: 'at-once' | 'in-order'): void {
    if (this.isCloseQueued) return;
    if (order === 'at-once') this.sendRequest(type, false, payload);
    else this.queue(() => this.sendRequest(type, false, payload));
  }

  eof(): void {
    if (this.isEofQueued || this.isCloseQueued) return;
    this.isEofQueued = true;
    this.queue(() => this.sendShort(Message.CHANNEL_EOF));
  }

  close(): void {
    if (this.isCloseQueued) return;
    this.isCloseQueued = true;
    this.queue(() => this.sendClose());
  }

  abort(): void {
    this.isCloseQueued = true;
    this.outbox.clear();
    this.sendClose();
  }

  /** Sends what the window and the socket allow. */
  flush(): void {
    const hadData = this.outbox.bytes > 0;
    for (let item = this.outbox.peek(); item; item = this.outbox.peek()) {
      if (item.kind === 'message') {
        this.outbox.shift();
        item.send();
        continue;
      }
      const limit = Math.min(this.sendWindow, this.remote.maxPacketBytes);
      if (limit === 0 || this.transport.isCongested) return;
      this.sendData(this.outbox.takeData(item, limit), item.stream);
    }
    if (hadData) this.handlers?.onDrain();
  }

  onData(data: Buffer, stream: ChannelStream | undefined): void {
    if (this.isCloseSent) return;
    if (this.isEofReceived || this.isCloseReceived) throw new ProtocolViolation('Channel data came after its end');
    if (data.length > this.receiveWindow) throw new ProtocolViolation('Channel data exceeds the window');
    this.receiveWindow -= data.length;
    if (stream && this.handlers) this.handlers.onData(data, stream);
    else this.consume(data.length);
  }

  onWindowAdjust(bytes: number): void {
    this.sendWindow += bytes;
    if (this.sendWindow > MAX_WINDOW) throw new ProtocolViolation('Channel window exceeds 2^32-1');
    this.flush();
  }

  /** Also after our own close: a server says how a program ended when it ends, not when it is asked to close. */
  onRequest(reader: SshReader): void {
    const type = reader.readText();
    const wantReply = reader.readBoolean();
    if (this.replies.length >= MAX_OPEN_REQUESTS) throw new ProtocolViolation('Too many channel requests wait for their answer');
    const reply = wantReply ? this.replies.expect() : () => undefined;
    if (!this.handlers) return reply(false);
    this.handlers.onRequest({ type, payload: reader.readRest(), wantReply, reply });
  }

  onReply(accepted: boolean): void {
    if (!this.awaited.settle(accepted)) throw new ProtocolViolation('An answer came to no channel request');
  }

  onEof(): void {
    if (this.isEofReceived || this.isCloseReceived) return;
    this.isEofReceived = true;
    this.handlers?.onEof();
  }

  /**
   * The peer's CLOSE. It is answered by whoever uses the channel: OpenSSH's client closes as soon as both directions have ended,
   * and takes the exit-status that comes after.
   */
  onClose(): void {
    if (this.isCloseReceived) return;
    this.isCloseReceived = true;
    this.outbox.dropData();
    this.awaited.giveUp();
    if (this.isCloseSent) this.released();
    if (this.handlers) this.handlers.onClose();
    else this.close();
    this.flush();
  }

  /** The connection is gone. */
  onConnectionLost(): void {
    const wasClosed = this.isCloseReceived;
    this.isCloseQueued = true;
    this.isCloseSent = true;
    this.isCloseReceived = true;
    this.outbox.clear();
    this.awaited.giveUp();
    if (!wasClosed) this.handlers?.onClose();
  }

  private sendData(data: Buffer, stream: ChannelStream): void {
    this.sendWindow -= data.length;
    this.transport.send(this.dataHead(stream, data.length), data);
  }

  /** What stands before the bytes of a data message (RFC 4254 §5.2). */
  private dataHead(stream: ChannelStream, length: number): Buffer {
    const isStdout = stream === 'stdout';
    const head = Buffer.allocUnsafe(isStdout ? 9 : 13);
    let at = head.writeUInt8(isStdout ? Message.CHANNEL_DATA : Message.CHANNEL_EXTENDED_DATA);
    at = head.writeUInt32BE(this.remote.id, at);
    if (!isStdout) at = head.writeUInt32BE(STDERR, at);
    head.writeUInt32BE(length, at);
    return head;
  }

  private sendRequest(type: string, wantReply: boolean, payload: Buffer): void {
    if (this.isCloseSent) return;
    this.transport.send(new SshWriter().byte(Message.CHANNEL_REQUEST).uint32(this.remote.id).string(type).boolean(wantReply).bytes(payload).finish());
  }

  private sendShort(type: number): void {
    if (!this.isCloseSent) this.transport.send(new SshWriter().byte(type).uint32(this.remote.id).finish());
  }

  private sendClose(): void {
    if (this.isCloseSent) return;
    this.sendShort(Message.CHANNEL_CLOSE);
    this.isCloseSent = true;
    if (this.isCloseReceived) this.released();
  }

  private queue(send: () => void): void {
    this.outbox.push({ kind: 'message', send });
    this.flush();
  }
}
