/**
 * The connection layer, either role (RFC 4254): channels and global requests over an authenticated transport.
 * All limits are in `ConnectionLimits`. As in OpenSSH, an unexpected message ends the connection with PROTOCOL_ERROR.
 */
import { Message } from '../transport/message.js';
import type { SshTransport, TransportListener } from '../transport/ssh-transport.js';
import { DisconnectReason, SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelPort, PortChannel } from './channel-port.js';
import type { ChannelKind } from './channel-kind.js';
import { ChannelOpening } from './channel-opening.js';
import { decodeChannelRequest } from './channel-request.js';
import { ChannelTable } from './channel-table.js';
import { CreditLedger } from './credit-ledger.js';
import {
  decodeGlobalRequest,
  encodeGlobalRequest,
  type GlobalReply,
  type GlobalRequest,
  type GlobalRequestDetails,
} from './global-request.js';
import { GlobalRequestQueue } from './global-request-queue.js';
import { HeldBudget } from './held-budget.js';
import type { IncomingChannel } from './incoming-channel.js';
import { warnOnThrow } from './warn-on-throw.js';
import { checkLimits, DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './limits.js';

/** The application's end of a connection. */
export interface ConnectionHandler {
  /** Handles a channel that the peer requests. Without this method every channel is refused. */
  channelOpen?(incoming: IncomingChannel): void;
  /** Decides on a global request that the engine does not answer itself. Without this method every request is refused. */
  globalRequest?(request: GlobalRequest): GlobalReply | Promise<GlobalReply>;
  /** Handles the end; the last call, after `closed` of every channel. */
  closed?(reason: Error): void;
}

/** Answers the requests that belong to the engine; returns `undefined` for those that the application decides on. */
export type OwnRequests = (request: GlobalRequest) => GlobalReply | Promise<GlobalReply> | undefined;

const NO_MORE_SESSIONS = 'no-more-sessions@openssh.com';
const KEEPALIVE = 'keepalive@openssh.com';

/** The connection layer (RFC 4254): channels and global requests of one authenticated connection. */
export class SshConnection implements TransportListener {
  readonly limits: ConnectionLimits;
  private readonly table = new ChannelTable();
  private readonly ledger: CreditLedger;
  private readonly opening: ChannelOpening;
  private readonly held: HeldBudget;
  private readonly globalRequests: GlobalRequestQueue;
  private readonly globalReplies: ((reply: Buffer | undefined) => void)[] = [];
  private waitingForRoom = new Set<PortChannel>();
  private readonly port: ChannelPort;
  private acceptsSessions = true;
  private endReason: Error | undefined;

  /** Takes over an authenticated transport and listens from its next packet on. Throws RangeError if the limits contradict each other. */
  constructor(
    readonly transport: SshTransport,
    private handler: ConnectionHandler,
    limits: Partial<ConnectionLimits> = {},
    private readonly ownRequests: OwnRequests = () => undefined,
  ) {
    this.limits = { ...DEFAULT_CONNECTION_LIMITS, ...limits };
    checkLimits(this.limits);
    this.ledger = new CreditLedger(this.limits.creditBytes);
    const hold = () => transport.holdInput();
    const release = () => transport.releaseInput();
    this.held = new HeldBudget(this.limits.heldBytes, hold, release);
    this.globalRequests = new GlobalRequestQueue(
      {
        send: (payload) => transport.send(payload),
        decide: (request) => this.decideGlobal(request),
        hold,
        release,
        fail: (error) => transport.fail(error),
      },
      this.limits.waitingGlobalRequests,
    );
    this.port = this.makePort();
    this.opening = new ChannelOpening(this.port, this.table, {
      prohibitedReason: (name) => this.prohibitedReason(name),
      offer: (incoming) => this.handler.channelOpen!(incoming),
    });
    transport.setListener(this);
  }

  /** Replaces the handler of the connection. */
  setHandler(handler: ConnectionHandler): void {
    this.handler = handler;
  }

  /** Returns the number of channels that are open or being opened. */
  get channelCount(): number {
    return this.table.size;
  }

  /** Returns the credit of the peer and the bytes that wait for the application. Both stay below their limits. */
  get usage(): { readonly creditBytes: number; readonly heldBytes: number } {
    return { creditBytes: this.ledger.total, heldBytes: this.held.total };
  }

  /**
   * Opens a channel. Events of the peer are delivered from the next turn of the event loop on, so that the caller can set its handler.
   * Rejects with ChannelOpenFailed if the peer refuses, the limit of channels is reached or the connection ends first.
   */
  openChannel(kind: ChannelKind, handler: ChannelHandler, windowBytes: number = this.limits.windowBytes): Promise<Channel> {
    return this.opening.open(kind, handler, windowBytes);
  }

  /** Sends a global request. Resolves to the content of the reply, or to undefined if the peer refuses it or the connection ends first. */
  request(details: GlobalRequestDetails): Promise<Buffer | undefined> {
    if (this.endReason !== undefined) return Promise.resolve(undefined);
    this.sendGlobalRequest(details, true);
    return new Promise((resolve) => this.globalReplies.push(resolve));
  }

  /** Sends a global request without want_reply. */
  notify(details: GlobalRequestDetails): void {
    this.sendGlobalRequest(details, false);
  }

  /** Sends DISCONNECT with this reason and ends the connection. */
  disconnect(reason: number = DisconnectReason.BY_APPLICATION, message = 'Closed'): void {
    this.transport.disconnect(reason, message);
  }

  packet(type: number, payload: Buffer): boolean {
    switch (type) {
      case Message.channelData:
        this.onData(payload);
        return true;
      case Message.channelExtendedData:
        this.onExtendedData(payload);
        return true;
      case Message.globalRequest:
        this.onGlobalRequest(payload);
        return true;
      case Message.requestSuccess:
        this.globalReplies.shift()?.(Buffer.from(payload.subarray(1)));
        return true;
      case Message.requestFailure:
        this.globalReplies.shift()?.(undefined);
        return true;
      case Message.channelOpen:
        this.opening.onOpen(payload);
        return true;
      case Message.userauthRequest:
        return true;
      default:
        return this.onChannelMessage(type, payload);
    }
  }

  writable(): void {
    const waiting = this.waitingForRoom;
    this.waitingForRoom = new Set();
    for (const channel of waiting) channel.onRoom();
  }

  closed(reason: Error): void {
    this.endReason = reason;
    for (const channel of this.table.all()) warnOnThrow(() => channel.onConnectionEnd(reason));
    this.opening.connectionEnded(reason);
    for (const reply of this.globalReplies.splice(0)) reply(undefined);
    this.waitingForRoom.clear();
    warnOnThrow(() => this.handler.closed?.(reason));
  }

  private makePort(): ChannelPort {
    const { transport } = this;
    return {
      transport,
      limits: this.limits,
      ledger: this.ledger,
      held: this.held,
      send: (head, body) => transport.send(head, body),
      room: () => transport.room,
      awaitRoom: (channel) => this.waitingForRoom.add(channel),
      forget: (channel) => {
        this.table.delete(channel);
        this.waitingForRoom.delete(channel);
      },
      fail: (error) => transport.fail(error),
    };
  }

  // ——— channels ———

  private prohibitedReason(name: string): string | undefined {
    if (name === 'session' && !this.acceptsSessions) return 'No more sessions';
    return this.handler.channelOpen === undefined ? 'Not allowed' : undefined;
  }

  private channel(payload: Buffer): Channel {
    if (payload.length < 5) throw SshProtocolError.malformed('Channel message without a channel number');
    const number = payload.readUInt32BE(1);
    const channel = this.table.get(number);
    if (channel === undefined) throw SshProtocolError.malformed(`Message ${payload[0]} for channel ${number}, which does not exist`);
    return channel;
  }

  private onData(payload: Buffer): void {
    const channel = this.channel(payload);
    channel.onData(stringAt(payload, 5), 0);
  }

  private onExtendedData(payload: Buffer): void {
    const channel = this.channel(payload);
    if (payload.length < 9) throw SshProtocolError.malformed('Extended data without a type');
    channel.onData(stringAt(payload, 9), payload.readUInt32BE(5));
  }

  private onChannelMessage(type: number, payload: Buffer): boolean {
    switch (type) {
      case Message.channelWindowAdjust:
        this.onWindowAdjust(payload);
        return true;
      case Message.channelEof:
        this.channel(payload).onEof();
        return true;
      case Message.channelClose:
        this.channel(payload).onClose();
        return true;
      case Message.channelRequest:
        this.onChannelRequest(payload);
        return true;
      case Message.channelSuccess:
      case Message.channelFailure:
        this.channel(payload).onReply(type === Message.channelSuccess);
        return true;
      case Message.channelOpenConfirmation:
        this.opening.onConfirmation(payload);
        return true;
      case Message.channelOpenFailure:
        this.opening.onFailure(payload);
        return true;
      default:
        return false;
    }
  }

  private onWindowAdjust(payload: Buffer): void {
    const channel = this.channel(payload);
    if (payload.length < 9) throw SshProtocolError.malformed('WINDOW_ADJUST without a number of bytes');
    channel.onWindowAdjust(payload.readUInt32BE(5));
  }

  private onChannelRequest(payload: Buffer): void {
    const channel = this.channel(payload);
    const reader = new SshReader(payload, 5);
    const name = reader.readAscii();
    const wantsReply = reader.readBoolean();
    const body = Buffer.from(reader.readRest());
    channel.onRequest({ name, wantsReply, body, details: decodeChannelRequest(name, body) });
  }

  // ——— global requests ———

  private sendGlobalRequest(details: GlobalRequestDetails, wantsReply: boolean): void {
    const { name, body } = encodeGlobalRequest(details);
    this.transport.send(
      new SshWriter().writeByte(Message.globalRequest).writeString(name).writeBoolean(wantsReply).writeBytes(body).finish(),
    );
  }

  private onGlobalRequest(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const name = reader.readAscii();
    const wantsReply = reader.readBoolean();
    const body = Buffer.from(reader.readRest());
    this.globalRequests.push({ name, wantsReply, body, details: decodeGlobalRequest(name, body) });
  }

  private decideGlobal(request: GlobalRequest): GlobalReply | Promise<GlobalReply> {
    if (request.name === KEEPALIVE) return false;
    if (request.name === NO_MORE_SESSIONS) {
      this.acceptsSessions = false;
      return true;
    }
    return this.ownRequests(request) ?? this.handler.globalRequest?.(request) ?? false;
  }
}

/** Returns the string at an offset, as a view. Throws SshProtocolError if it does not end with the message. */
const stringAt = (payload: Buffer, offset: number): Buffer => {
  const end = offset + 4;
  if (payload.length < end || payload.readUInt32BE(offset) !== payload.length - end)
    throw SshProtocolError.malformed('The length of the data is not that of the message');
  return payload.subarray(end);
};
