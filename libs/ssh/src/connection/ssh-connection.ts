/**
 * The connection layer, either role (RFC 4254): channels and global requests over an authenticated transport.
 * Every bound is in `ConnectionLimits`. A message that has no place ends the connection with PROTOCOL_ERROR, as OpenSSH does.
 */
import { Message } from '../transport/message.js';
import type { SshTransport, TransportListener } from '../transport/ssh-transport.js';
import { DisconnectReason, SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelPort, PortChannel } from './channel-port.js';
import { channelKindName, decodeChannelKind, encodeChannelKind, type ChannelKind } from './channel-kind.js';
import { encodeOpenConfirmation, encodeOpenFailure } from './channel-messages.js';
import { decodeChannelRequest } from './channel-request.js';
import { ChannelTable } from './channel-table.js';
import { CreditLedger } from './credit-ledger.js';
import { decodeGlobalRequest, encodeGlobalRequest, type GlobalReply, type GlobalRequest, type GlobalRequestDetails } from './global-request.js';
import { GlobalRequestQueue } from './global-request-queue.js';
import { HeldBudget } from './held-budget.js';
import type { IncomingChannel } from './incoming-channel.js';
import { checkLimits, DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './limits.js';
import { ChannelOpenFailed, OpenFailureReason } from './open-failure.js';

/** The application's end of a connection. */
export interface ConnectionHandler {
  /** The peer wants a channel. Without this method all are refused. */
  channelOpen?(incoming: IncomingChannel): void;
  /** The peer asks for something that is not the engine's own. Without this method all are refused. */
  globalRequest?(request: GlobalRequest): GlobalReply | Promise<GlobalReply>;
  /** The last call, after the channels' own. */
  closed?(reason: Error): void;
}

/** Requests the engine answers by itself, by name; `undefined` leaves them to the application. */
export type OwnRequests = (request: GlobalRequest) => GlobalReply | Promise<GlobalReply> | undefined;

interface PendingOpen {
  readonly kind: ChannelKind;
  readonly handler: ChannelHandler;
  readonly credit: number;
  readonly windowBytes: number;
  resolve(channel: Channel): void;
  reject(reason: Error): void;
}

const NO_MORE_SESSIONS = 'no-more-sessions@openssh.com';
const KEEPALIVE = 'keepalive@openssh.com';
/** A peer that takes only tiny packets could keep the event loop busy with sealing them. */
const MIN_PACKET_BYTES = 256;
/** The first bytes of a channel's life are few until it is known what it is for. */
const STARTS_SMALL: ReadonlySet<string> = new Set(['session']);

/** See the head of this file. */
export class SshConnection implements TransportListener {
  readonly limits: ConnectionLimits;
  private readonly table = new ChannelTable();
  private readonly opens = new Map<number, PendingOpen>();
  private readonly ledger: CreditLedger;
  private readonly held: HeldBudget;
  private readonly globalRequests: GlobalRequestQueue;
  private readonly globalReplies: ((reply: Buffer | undefined) => void)[] = [];
  private waitingForRoom = new Set<PortChannel>();
  private readonly port: ChannelPort;
  private acceptsSessions = true;
  private endReason: Error | undefined;

  /** Takes over a transport that is authenticated: it listens from the next packet on. */
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
      { send: (payload) => transport.send(payload), decide: (request) => this.decideGlobal(request), hold, release, fail: (error) => transport.fail(error) },
      this.limits.waitingGlobalRequests,
    );
    this.port = this.makePort();
    transport.setListener(this);
  }

  /** From now on someone else handles the connection. */
  setHandler(handler: ConnectionHandler): void {
    this.handler = handler;
  }

  /** Channels open or opening. */
  get channelCount(): number {
    return this.table.size;
  }

  /** Credit given to the peer and not consumed, and bytes kept for the application: both stay below their limits. */
  get usage(): { readonly creditBytes: number; readonly heldBytes: number } {
    return { creditBytes: this.ledger.total, heldBytes: this.held.total };
  }

  /**
   * Opens a channel. What the peer sends on it waits until the caller has had a turn of the event loop. Rejects with ChannelOpenFailed when the peer refuses, the limit of channels is reached or the connection ends first.
   */
  openChannel(kind: ChannelKind, handler: ChannelHandler, windowBytes: number = this.limits.windowBytes): Promise<Channel> {
    if (this.endReason !== undefined) return Promise.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, this.endReason.message));
    if (this.table.size >= this.limits.channels) {
      return Promise.reject(new ChannelOpenFailed(OpenFailureReason.resourceShortage, `No more than ${this.limits.channels} channels are allowed`));
    }
    const number = this.table.reserve();
    const credit = this.firstCredit(windowBytes);
    const message = new SshWriter().writeByte(Message.channelOpen).writeString(channelKindName(kind));
    message.writeUint32(number).writeUint32(credit).writeUint32(this.limits.packetBytes);
    encodeChannelKind(message, kind);
    this.transport.send(message.finish());
    return new Promise((resolve, reject) => this.opens.set(number, { kind, handler, credit, windowBytes, resolve, reject }));
  }

  /** Asks for something; resolves to the reply's content, or to undefined when it is refused or the connection ends first. */
  request(details: GlobalRequestDetails): Promise<Buffer | undefined> {
    if (this.endReason !== undefined) return Promise.resolve(undefined);
    this.sendGlobalRequest(details, true);
    return new Promise((resolve) => this.globalReplies.push(resolve));
  }

  /** Tells the peer something it need not answer. */
  notify(details: GlobalRequestDetails): void {
    this.sendGlobalRequest(details, false);
  }

  /** Says why and hangs up. */
  disconnect(reason: number = DisconnectReason.BY_APPLICATION, message = 'Closed'): void {
    this.transport.disconnect(reason, message);
  }

  /** Called by the transport. */
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
        this.onOpen(payload);
        return true;
      case Message.userauthRequest:
        return true;
      default:
        return this.onChannelMessage(type, payload);
    }
  }

  /** Called by the transport. */
  writable(): void {
    const waiting = this.waitingForRoom;
    this.waitingForRoom = new Set();
    for (const channel of waiting) channel.roomReturned();
  }

  /** Called by the transport. */
  closed(reason: Error): void {
    this.endReason = reason;
    for (const channel of this.table.all()) this.guard(() => channel.onConnectionEnd(reason));
    for (const open of this.opens.values()) open.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, reason.message));
    for (const reply of this.globalReplies.splice(0)) reply(undefined);
    this.opens.clear();
    this.waitingForRoom.clear();
    this.guard(() => this.handler.closed?.(reason));
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

  /** One handler that throws must not keep the others from hearing of the end. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  private firstCredit(windowBytes: number): number {
    return this.ledger.take(windowBytes, this.limits.floorWindowBytes);
  }

  // ——— channels ———

  private channel(payload: Buffer): Channel {
    if (payload.length < 5) throw SshProtocolError.malformed('Channel message without a channel');
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
        this.onOpenConfirmation(payload);
        return true;
      case Message.channelOpenFailure:
        this.onOpenFailure(payload);
        return true;
      default:
        return false;
    }
  }

  private onWindowAdjust(payload: Buffer): void {
    const channel = this.channel(payload);
    if (payload.length < 9) throw SshProtocolError.malformed('WINDOW_ADJUST without bytes');
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

  private onOpen(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const name = reader.readAscii();
    const remote = { number: reader.readUint32(), windowBytes: reader.readUint32(), packetBytes: reader.readUint32() };
    const refusal = this.whyRefused(name, remote.packetBytes);
    if (refusal !== undefined) return this.transport.send(encodeOpenFailure(remote.number, ...refusal));
    const kind = decodeChannelKind(name, reader);
    return this.handler.channelOpen!(this.incoming(kind, remote));
  }

  private whyRefused(name: string, packetBytes: number): [number, string] | undefined {
    if (packetBytes < MIN_PACKET_BYTES) return [OpenFailureReason.resourceShortage, `Packets of ${packetBytes} bytes are too small; ${MIN_PACKET_BYTES} are needed`];
    if (this.table.size >= this.limits.channels) return [OpenFailureReason.resourceShortage, 'Too many channels'];
    if (name === 'session' && !this.acceptsSessions) return [OpenFailureReason.administrativelyProhibited, 'No more sessions'];
    return this.handler.channelOpen === undefined ? [OpenFailureReason.administrativelyProhibited, 'Not allowed'] : undefined;
  }

  private incoming(kind: ChannelKind, remote: { number: number; windowBytes: number; packetBytes: number }): IncomingChannel {
    const number = this.table.reserve();
    let isDecided = false;
    const decide = (): void => {
      if (isDecided) throw new RangeError('The channel was accepted or rejected before');
      isDecided = true;
    };
    return {
      kind,
      accept: (handler) => {
        decide();
        return this.accept(number, kind, remote, handler);
      },
      reject: (reason, description) => {
        decide();
        this.table.release(number);
        this.transport.send(encodeOpenFailure(remote.number, reason, description));
      },
    };
  }

  private accept(number: number, kind: ChannelKind, remote: { number: number; windowBytes: number; packetBytes: number }, handler: ChannelHandler): Channel {
    const windowBytes = STARTS_SMALL.has(kind.kind) ? this.limits.firstWindowBytes : this.limits.windowBytes;
    const credit = this.firstCredit(windowBytes);
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    this.transport.send(encodeOpenConfirmation(remote.number, number, credit, this.limits.packetBytes));
    const { endReason } = this;
    if (endReason !== undefined) queueMicrotask(() => this.guard(() => channel.onConnectionEnd(endReason)));
    return channel;
  }

  private takeOpen(number: number): PendingOpen {
    const open = this.opens.get(number);
    if (open === undefined) throw SshProtocolError.malformed(`Answer to the opening of channel ${number}, which was not asked for`);
    this.opens.delete(number);
    return open;
  }

  private onOpenConfirmation(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const remote = { number: reader.readUint32(), windowBytes: reader.readUint32(), packetBytes: reader.readUint32() };
    const { kind, handler, windowBytes, credit, resolve, reject } = this.takeOpen(number);
    if (remote.packetBytes < MIN_PACKET_BYTES) {
      const error = SshProtocolError.malformed(`Packets of ${remote.packetBytes} bytes are too small`);
      reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, error.message));
      throw error;
    }
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    channel.hold();
    setImmediate(() => channel.release());
    resolve(channel);
  }

  private onOpenFailure(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const reason = reader.readUint32();
    const description = reader.remaining > 0 ? reader.readString().toString('utf8', 0, 1000) : '';
    const { credit, reject } = this.takeOpen(number);
    this.table.release(number);
    this.ledger.giveBack(credit);
    reject(new ChannelOpenFailed(reason, description));
  }

  // ——— global requests ———

  private sendGlobalRequest(details: GlobalRequestDetails, wantsReply: boolean): void {
    const { name, body } = encodeGlobalRequest(details);
    this.transport.send(new SshWriter().writeByte(Message.globalRequest).writeString(name).writeBoolean(wantsReply).writeBytes(body).finish());
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

/** The string at an offset, as a view; nothing may follow it. */
const stringAt = (payload: Buffer, offset: number): Buffer => {
  const end = offset + 4;
  if (payload.length < end || payload.readUInt32BE(offset) !== payload.length - end) throw SshProtocolError.malformed('Data does not fill its message');
  return payload.subarray(end);
};
