/**
 * The transport layer over one socket, either role (RFC 4253). Hands payloads of the layers above to its listener and sends theirs.
 * States: greeting (identification lines) → first exchange → open → closed; key exchanges recur while open.
 * Nothing a peer sends throws out of here: a fault ends the connection with the right DISCONNECT and the listener hears of it once.
 */
import { plainOpener, plainSealer, type CryptoProvider } from '../crypto/index.js';
import { DisconnectReason, SshProtocolError } from '../wire/index.js';
import { modernOffer, type AlgorithmOffer } from './algorithm-offer.js';
import { systemClock, type Clock, type Timer } from './clock.js';
import { ConnectionLost, LocalDisconnect } from './connection-end.js';
import { decodeExtInfo, encodeExtInfo, type Extensions } from './ext-info.js';
import { formatIdentification, IdentificationScanner } from './identification.js';
import { Intake } from './intake.js';
import { isKexMessage, KexDriver, type KexDriverEvents } from './kex-driver.js';
import type { KexRole } from './key-exchange.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from './limits.js';
import { isAllowedDuringKex, Message } from './message.js';
import { KexMarker, type NegotiatedAlgorithms } from './negotiate.js';
import { PacketReader, type InboundPacket } from './packet-reader.js';
import { PacketWriter, type ByteSocket } from './packet-writer.js';
import { decodeDisconnect, encodeDisconnect, encodePong, encodeUnimplemented } from './transport-messages.js';

/** Who listens to a transport; the authentication layer first, then the connection layer. */
export interface TransportListener {
  /** The first key exchange is done. Called once. */
  ready?(): void;
  /**
   * A message of the numbers 5, 6 and 50 to 191; false: its number has no meaning here. Channel data is a view that is valid during the
   * call, anything else may be kept.
   */
  packet(type: number, payload: Buffer): boolean;
  /** There is room for channel data again, after `room` was 0. */
  writable?(): void;
  /** The end, called once; the reason is SshProtocolError, PeerDisconnected, ConnectionLost, LocalDisconnect or a fault of ours. */
  closed(reason: Error): void;
}

/** How a transport is made. */
export interface TransportOptions {
  readonly side: KexRole;
  readonly crypto: CryptoProvider;
  /** Our software name in the identification line, `Sallyport` by default. */
  readonly software?: string;
  /** What to offer; the modern set by default. A server's host key algorithms come from its keys instead. */
  readonly offer?: AlgorithmOffer;
  /** Extensions announced after the first key exchange, to a peer that asked for them. */
  readonly extensions?: Readonly<Record<string, string>>;
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: Clock;
}

/** See the head of this file. */
export class SshTransport {
  /** The peer's identification line, once known. */
  peerIdentification = '';
  /** What the peer announced in EXT_INFO. */
  peerExtensions: Extensions = new Map();
  readonly role: KexRole['role'];
  readonly limits: TransportLimits;
  readonly clock: Clock;
  /** The packet being handed to the listener, where it lies; for the relay. */
  readonly inbound: PacketReader;
  /** Where sealed packets go; for the relay, which may use it only while `room` is not 0. */
  readonly outbound: PacketWriter;
  private readonly identification: string;
  private readonly scanner: IdentificationScanner;
  private readonly intake: Intake;
  private readonly kex: KexDriver;
  private listener: TransportListener;
  private isGreeted = false;
  private isClosed = false;
  private isHeldForBacklog = false;
  private isRoomWanted = false;
  private isRoomTold = false;
  private linger: Timer | undefined;

  /** Takes the socket over and greets at once. The listener is called from later turns on. */
  constructor(
    private readonly socket: ByteSocket,
    private readonly options: TransportOptions,
    listener: TransportListener,
  ) {
    this.listener = listener;
    this.role = options.side.role;
    this.limits = { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits };
    this.clock = options.clock ?? systemClock;
    this.identification = formatIdentification(options.software ?? 'Sallyport');
    this.scanner = new IdentificationScanner(this.role === 'client');
    this.inbound = new PacketReader(plainOpener(), (payload) => this.onPacket(payload));
    this.outbound = new PacketWriter(socket, plainSealer(), () => this.onWritten());
    this.kex = this.makeKexDriver();
    this.intake = new Intake(
      socket,
      this.inbound,
      this.limits.readBytesPerTurn,
      (chunk) => this.onData(chunk),
      () => this.guard(() => this.inbound.run()),
    );
    this.listenToSocket();
    this.greet();
  }

  /** The first exchange hash; empty before. */
  get sessionId(): Buffer {
    return this.kex.sessionId;
  }

  /** What is in use now; undefined before the first key exchange is done. */
  get algorithms(): NegotiatedAlgorithms | undefined {
    return this.kex.algorithms;
  }

  /** Key exchanges finished so far. */
  get keyExchanges(): number {
    return this.kex.finished;
  }

  /** True once the connection has ended, for whatever reason. */
  get hasEnded(): boolean {
    return this.isClosed;
  }

  /** True while nothing of the layers above can be sent because keys are being exchanged. */
  get isExchanging(): boolean {
    return this.kex.isOutboundBlocked;
  }

  /** Bytes of channel data that may be sent now. After a 0 the listener's `writable` is called when there is room again. */
  get room(): number {
    const room = this.isClosed || this.isExchanging || this.socket.destroyed ? 0 : this.limits.sendBacklogBytes - this.outbound.backlog;
    if (room > 0) return room;
    this.isRoomWanted = true;
    return 0;
  }

  /** From now on someone else listens: the next layer, when authentication is done. */
  setListener(listener: TransportListener): void {
    this.listener = listener;
  }

  /** Sends one payload, in one or two pieces that are copied. During a key exchange it waits, in order, and the wait is bounded. */
  send(head: Uint8Array, body?: Uint8Array): void {
    if (this.isClosed) return;
    if (this.isExchanging && !isAllowedDuringKex(head[0]!)) this.kex.defer(head, body);
    else this.outbound.send(head, body);
    this.kex.checkVolume();
    if (this.outbound.backlog > this.limits.maxBacklogBytes) this.giveUp();
  }

  /** Sends a packet that another transport is handing on, from where it lies. Only while `room` is not 0 and the framings allow it. */
  forward({ buffer, offset, packetLength }: InboundPacket): void {
    this.outbound.reseal(buffer, offset, packetLength);
    this.kex.checkVolume();
  }

  /** Starts a key exchange unless one is under way. */
  rekey(): void {
    if (!this.isClosed) this.kex.start();
  }

  /** Allows rekeying by volume and time; for the authentication layer, since OpenSSH does not rekey before it is done. */
  allowRekey(): void {
    this.kex.allowRekey();
  }

  /** No further packet is handed to the listener until as many `releaseInput`s as `holdInput`s were called. */
  holdInput(): void {
    this.intake.hold();
  }

  /** Ends one `holdInput` and hands on what waited. */
  releaseInput(): void {
    this.intake.release();
  }

  /** Says why and hangs up. */
  disconnect(reason: number, message: string): void {
    this.end(new LocalDisconnect(reason, message), reason, message);
  }

  /** Ends the connection for a fault: the peer is told what concerns it, the listener gets the error. */
  fail(error: unknown): void {
    if (error instanceof SshProtocolError) this.end(error, error.reason, error.message);
    else this.end(error instanceof Error ? error : new Error(String(error)), DisconnectReason.BY_APPLICATION, 'Internal error');
  }

  /** Not even DISCONNECT gets through to a peer that does not read. */
  private giveUp(): void {
    this.socket.destroy();
    this.close(new ConnectionLost(`The peer does not read: ${this.outbound.backlog} bytes wait for it`));
  }

  private makeKexDriver(): KexDriver {
    const { side, crypto, offer = modernOffer(crypto) } = this.options;
    const { limits, clock, inbound, outbound } = this;
    return new KexDriver({ side, crypto, offer, limits, clock, reader: inbound, writer: outbound }, this.kexEvents());
  }

  private kexEvents(): KexDriverEvents {
    return {
      identifications: () =>
        this.role === 'client'
          ? { client: this.identification, server: this.peerIdentification }
          : { client: this.peerIdentification, server: this.identification },
      holdInput: () => this.holdInput(),
      releaseInput: () => this.releaseInput(),
      fail: (error) => this.fail(error),
      firstKeysSent: (markers) => this.announceExtensions(markers),
      outboundOpen: () => this.tellRoomLater(),
      ready: () => this.listener.ready?.(),
    };
  }

  private listenToSocket(): void {
    const { socket } = this;
    socket.setNoDelay?.(true);
    socket.on('error', (error) => this.lost(error));
    socket.on('end', () => this.lost());
    socket.on('close', () => {
      this.linger?.cancel();
      this.lost();
    });
  }

  /** A server's KEXINIT goes with its greeting; a client waits for the server's line, which old devices need. */
  private greet(): void {
    this.outbound.sendRaw(Buffer.from(`${this.identification}\r\n`, 'latin1'));
    if (this.role === 'server') this.kex.start();
  }

  private onData(chunk: Buffer): void {
    this.guard(() => (this.isGreeted ? this.inbound.push(chunk) : this.onGreeting(chunk)));
    if (this.isClosed) return;
    this.kex.checkVolume();
    this.checkBacklog();
  }

  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }

  private onGreeting(chunk: Buffer): void {
    const found = this.scanner.scan(chunk);
    if (found === undefined) return;
    this.peerIdentification = found.line;
    this.isGreeted = true;
    this.kex.start();
    if (found.packetsFrom < chunk.length) this.inbound.push(chunk.subarray(found.packetsFrom));
  }

  /** A peer that does not read what it asked for is not read. */
  private checkBacklog(): void {
    if (this.isHeldForBacklog || this.outbound.backlog < this.limits.holdBacklogBytes) return;
    this.isHeldForBacklog = true;
    this.holdInput();
  }

  private onWritten(): void {
    if (this.isClosed) return;
    const { backlog } = this.outbound;
    if (this.isHeldForBacklog && backlog < this.limits.holdBacklogBytes / 2) {
      this.isHeldForBacklog = false;
      this.releaseInput();
    }
    if (backlog <= this.limits.sendBacklogBytes / 2) this.tellRoomLater();
  }

  /** In a later turn: whoever never runs out of data and a socket that takes it all must leave the event loop to others. */
  private tellRoomLater(): void {
    if (!this.isRoomWanted || this.isExchanging || this.isRoomTold) return;
    this.isRoomTold = true;
    setImmediate(tellRoom, this);
  }

  /** Called by the event loop, not by anyone else. */
  tellRoom(): void {
    this.isRoomTold = false;
    if (this.isClosed || this.isExchanging || !this.isRoomWanted) return;
    this.isRoomWanted = false;
    this.guard(() => this.listener.writable?.());
  }

  private onPacket(payload: Buffer): void {
    const type = payload[0]!;
    this.kex.checkOrder(type);
    if (type === Message.channelData || type === Message.channelExtendedData) this.deliver(type, payload);
    else this.onMessage(type, Buffer.from(payload));
  }

  private onMessage(type: number, payload: Buffer): void {
    if (isKexMessage(type)) this.kex.handle(type, payload);
    else if (isForListener(type)) this.deliver(type, payload);
    else this.onTransportMessage(type, payload);
  }

  private deliver(type: number, payload: Buffer): void {
    if (this.keyExchanges === 0) throw SshProtocolError.malformed(`Message ${type} before the first key exchange is done`);
    if (!this.listener.packet(type, payload)) this.answerUnknown();
  }

  private answerUnknown(): void {
    this.send(encodeUnimplemented(this.inbound.packet.sequence));
  }

  private onTransportMessage(type: number, payload: Buffer): void {
    switch (type) {
      case Message.disconnect:
        return this.onDisconnect(payload);
      case Message.ignore:
      case Message.debug:
      case Message.unimplemented:
      case Message.pong:
        return undefined;
      case Message.extInfo:
        if (this.keyExchanges > 0) this.peerExtensions = decodeExtInfo(payload);
        return undefined;
      case Message.ping:
        return this.send(encodePong(payload));
      default:
        return this.answerUnknown();
    }
  }

  private announceExtensions(peerMarkers: ReadonlySet<string>): void {
    const wanted = this.role === 'server' ? KexMarker.extInfoClient : KexMarker.extInfoServer;
    const { extensions } = this.options;
    if (extensions !== undefined && peerMarkers.has(wanted)) this.outbound.send(encodeExtInfo(extensions));
  }

  private onDisconnect(payload: Buffer): void {
    this.hangUp();
    this.close(decodeDisconnect(payload));
  }

  private lost(cause?: Error): void {
    if (this.isClosed) return;
    const message = cause === undefined ? 'The peer closed the connection' : `The connection failed: ${cause.message}`;
    this.socket.destroy();
    this.close(new ConnectionLost(message, cause === undefined ? undefined : { cause }));
  }

  private end(reason: Error, code: number, text: string): void {
    if (this.isClosed) return;
    this.outbound.send(encodeDisconnect(code, text));
    this.outbound.flush();
    this.hangUp();
    this.close(reason);
  }

  private hangUp(): void {
    this.socket.end();
    this.linger = this.clock.after(this.limits.lingerMs, () => this.socket.destroy());
  }

  private close(reason: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.kex.close();
    this.inbound.dispose();
    this.outbound.dispose();
    this.intake.close();
    this.tellClosed(reason);
  }

  /** The connection is over already: an application that throws now has nothing left to end but the process, which has others to serve. */
  private tellClosed(reason: Error): void {
    try {
      this.listener.closed(reason);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}

const tellRoom = (transport: SshTransport): void => transport.tellRoom();

const isForListener = (type: number): boolean =>
  type === Message.serviceRequest || type === Message.serviceAccept || (type >= Message.userauthRequest && type < Message.ping);
