/**
 * The transport layer over one socket, either role (RFC 4253). Passes payloads of the layers above to its listener and sends theirs.
 * States: identification (both lines) → first key exchange → open → closed; keys are exchanged again while it is open.
 * No input of a peer makes it throw: a fault ends the connection with the fitting DISCONNECT, and the listener is called once.
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
import type { WorkSource } from './work-budgets.js';
import { processWork } from './work-queue.js';

/** The listener of a transport: first the authentication layer, then the connection layer. */
export interface TransportListener {
  /** Handles the peer's identification line, see `SshTransport.peerIdentification`. Called once. */
  identified?(): void;
  /** Handles the end of the first key exchange. Called once. */
  ready?(): void;
  /**
   * Handles a message with the number 5, 6 or 50 to 191. Returns false for a number that it does not know.
   * The payload of channel data is a view that is valid during the call; any other payload may be kept.
   */
  packet(type: number, payload: Buffer): boolean;
  /** Handles new room for channel data, after `room` was 0. */
  writable?(): void;
  /**
   * Handles the end; called once. The reason is SshProtocolError, PeerDisconnected, ConnectionLost, LocalDisconnect or an internal error.
   */
  closed(reason: Error): void;
}

/** Options of a transport. */
export interface TransportOptions {
  readonly side: KexRole;
  readonly crypto: CryptoProvider;
  /** The software name in the identification line, `Sallyport` by default. */
  readonly software?: string;
  /** The algorithms to offer; the modern ones by default. A server offers the host key algorithms of its keys instead. */
  readonly offer?: AlgorithmOffer;
  /** Extensions that are sent after the first key exchange, if the peer supports EXT_INFO (RFC 8308). */
  readonly extensions?: Readonly<Record<string, string>>;
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: Clock;
  /**
   * The peer's address. Until the login, all connections with the same source share one turn for expensive computations, see WorkQueue.
   * By default every connection has a turn of its own.
   */
  readonly source?: string | undefined;
}

/** The transport layer of one connection (RFC 4253): packets, key exchanges, DISCONNECT. Its states are described at the head of this file. */
export class SshTransport {
  /** The peer's identification line; empty until it arrived. */
  peerIdentification = '';
  /** The extensions of the peer's EXT_INFO. */
  peerExtensions: Extensions = new Map();
  readonly role: KexRole['role'];
  readonly limits: TransportLimits;
  readonly clock: Clock;
  /** The packet being passed to the listener, and its position; for the relay. */
  readonly inbound: PacketReader;
  /** The writer of encrypted packets; for the relay, which may use it only while `room` is not 0. */
  readonly outbound: PacketWriter;
  private readonly identification: string;
  private readonly scanner: IdentificationScanner;
  private readonly intake: Intake;
  private readonly kex: KexDriver;
  private listener: TransportListener;
  private isIdentified = false;
  private isClosed = false;
  private isHeldForBacklog = false;
  private isRoomWanted = false;
  private isWritableScheduled = false;
  private linger: Timer | undefined;
  private identificationDeadline: Timer | undefined;
  /** The turn that this connection's computations wait for: its source's, after the login its own. */
  private turn: WorkSource;

  /**
   * Takes over the socket and sends the identification line. Calls the listener in later turns of the event loop.
   * Throws RangeError if `software` cannot be used in an identification line.
   */
  constructor(
    private readonly socket: ByteSocket,
    private readonly options: TransportOptions,
    listener: TransportListener,
  ) {
    this.listener = listener;
    this.turn = options.source ?? this;
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
    this.sendIdentification();
  }

  /** Returns the first exchange hash (RFC 4253 §7.2); empty before the first key exchange. */
  get sessionId(): Buffer {
    return this.kex.sessionId;
  }

  /** Returns the algorithms in use; undefined before the end of the first key exchange. */
  get algorithms(): NegotiatedAlgorithms | undefined {
    return this.kex.algorithms;
  }

  /** Returns the number of finished key exchanges. */
  get keyExchanges(): number {
    return this.kex.finished;
  }

  /** Returns true after the connection has ended, for any reason. */
  get hasEnded(): boolean {
    return this.isClosed;
  }

  /** Returns true while a key exchange keeps the layers above from sending. */
  get isExchanging(): boolean {
    return this.kex.isOutboundBlocked;
  }

  /**
   * Returns the number of bytes of channel data that may be sent now. After a 0 the listener's `writable` is called when there is room
   * again.
   */
  get room(): number {
    const room = this.isClosed || this.isExchanging || this.socket.destroyed ? 0 : this.limits.sendBacklogBytes - this.outbound.backlog;
    if (room > 0) return room;
    this.isRoomWanted = true;
    return 0;
  }

  /** Replaces the listener: the next layer, after authentication. */
  setListener(listener: TransportListener): void {
    this.listener = listener;
  }

  /** Sends one payload, which may come in two pieces; both are copied. During a key exchange it waits in a bounded queue, in order. */
  send(head: Uint8Array, body?: Uint8Array): void {
    if (this.isClosed) return;
    if (this.isExchanging && !isAllowedDuringKex(head[0]!)) this.kex.defer(head, body);
    else this.outbound.send(head, body);
    this.kex.checkVolume();
    if (this.outbound.backlog > this.limits.maxBacklogBytes) this.abort();
  }

  /**
   * Sends a packet that another transport is passing on, from its buffer. Allowed only while `room` is not 0 and both packet layouts agree.
   */
  forward({ buffer, offset, packetLength }: InboundPacket): void {
    this.outbound.reseal(buffer, offset, packetLength);
    this.kex.checkVolume();
  }

  /** Starts a key exchange unless one is under way. */
  rekey(): void {
    if (!this.isClosed) this.kex.start();
  }

  /** Allows rekeying by bytes, packets and time. For the authentication layer: like OpenSSH, the engine does not rekey before the login. */
  allowRekey(): void {
    this.turn = this;
    this.kex.allowRekey();
  }

  /**
   * Runs an expensive computation when this connection's turn comes, see WorkQueue. Rejects with WorkAbandoned if the connection ends
   * before. `price` is the processor time that it takes, in milliseconds.
   */
  compute<T>(price: number, compute: () => Promise<T>): Promise<T> {
    return processWork.run({ source: this.turn, price, isWanted: () => !this.isClosed, compute });
  }

  /** Stops passing packets to the listener until `releaseInput` was called as often as `holdInput`. */
  holdInput(): void {
    this.intake.hold();
  }

  /** Ends one `holdInput` and passes on the packets that waited. */
  releaseInput(): void {
    this.intake.release();
  }

  /** Sends DISCONNECT with this reason and ends the connection. */
  disconnect(reason: number, message: string): void {
    this.end(new LocalDisconnect(reason, message), reason, message);
  }

  /**
   * Ends the connection because of an error. The peer receives the reason of an SshProtocolError, or "Internal error"; the listener
   * receives the error.
   */
  fail(error: unknown): void {
    if (error instanceof SshProtocolError) this.end(error, error.reason, error.message);
    else this.end(error instanceof Error ? error : new Error(String(error)), DisconnectReason.BY_APPLICATION, 'Internal error');
  }

  /** Destroys the socket. A peer that does not read would not receive DISCONNECT either. */
  private abort(): void {
    this.socket.destroy();
    this.close(new ConnectionLost(`The peer does not read: ${this.outbound.backlog} bytes wait for it`));
  }

  private makeKexDriver(): KexDriver {
    const { side, crypto, offer = modernOffer(crypto) } = this.options;
    const { limits, clock, inbound, outbound } = this;
    const compute = <T>(price: number, computation: () => Promise<T>): Promise<T> => this.compute(price, computation);
    return new KexDriver({ side, crypto, offer, limits, clock, reader: inbound, writer: outbound, compute }, this.kexEvents());
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
      outboundOpen: () => this.scheduleWritable(),
      ready: () => this.listener.ready?.(),
    };
  }

  private listenToSocket(): void {
    const { socket } = this;
    socket.setNoDelay?.(true);
    socket.on('error', (error) => this.onSocketEnd(error));
    socket.on('end', () => this.onSocketEnd());
    socket.on('close', () => {
      this.linger?.cancel();
      this.onSocketEnd();
    });
  }

  /** Sends the identification line. A server's KEXINIT follows at once; a client waits for the server's line, which old devices need. */
  private sendIdentification(): void {
    this.outbound.sendRaw(Buffer.from(`${this.identification}\r\n`, 'latin1'));
    if (this.role !== 'server') return;
    this.limitIdentification();
    this.kex.start();
  }

  private limitIdentification(): void {
    const { identificationMs } = this.limits;
    this.identificationDeadline = this.clock.after(identificationMs, () =>
      this.fail(SshProtocolError.malformed(`No identification line within ${Math.round(identificationMs / 1000)} s`)),
    );
  }

  private onData(chunk: Buffer): void {
    this.guard(() => (this.isIdentified ? this.inbound.push(chunk) : this.onIdentification(chunk)));
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

  private onIdentification(chunk: Buffer): void {
    const found = this.scanner.scan(chunk);
    if (found === undefined) return;
    this.peerIdentification = found.line;
    this.isIdentified = true;
    this.identificationDeadline?.cancel();
    this.listener.identified?.();
    this.kex.start();
    if (found.packetsFrom < chunk.length) this.inbound.push(chunk.subarray(found.packetsFrom));
  }

  /** Stops reading a peer that does not read the answers to its requests. */
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
    if (backlog <= this.limits.sendBacklogBytes / 2) this.scheduleWritable();
  }

  /** Schedules `writable` for a later turn: an endless source and a socket that takes everything must not block the event loop. */
  private scheduleWritable(): void {
    if (!this.isRoomWanted || this.isExchanging || this.isWritableScheduled) return;
    this.isWritableScheduled = true;
    setImmediate(notifyWritable, this);
  }

  /** Calls the listener's `writable`. The event loop calls this method. */
  notifyWritable(): void {
    this.isWritableScheduled = false;
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
    this.endSocket();
    this.close(decodeDisconnect(payload));
  }

  private onSocketEnd(cause?: Error): void {
    if (this.isClosed) return;
    const message = cause === undefined ? 'The peer closed the connection' : `The connection failed: ${cause.message}`;
    this.socket.destroy();
    this.close(new ConnectionLost(message, cause === undefined ? undefined : { cause }));
  }

  private end(reason: Error, code: number, text: string): void {
    if (this.isClosed) return;
    this.outbound.send(encodeDisconnect(code, text));
    this.outbound.flush();
    this.endSocket();
    this.close(reason);
  }

  private endSocket(): void {
    this.socket.end();
    this.linger = this.clock.after(this.limits.lingerMs, () => this.socket.destroy());
  }

  private close(reason: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.identificationDeadline?.cancel();
    this.kex.close();
    this.inbound.dispose();
    this.outbound.dispose();
    this.intake.close();
    this.notifyClosed(reason);
  }

  /** Reports the end. An error that the application throws now becomes a warning: the process has other connections to serve. */
  private notifyClosed(reason: Error): void {
    try {
      this.listener.closed(reason);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}

const notifyWritable = (transport: SshTransport): void => transport.notifyWritable();

const isForListener = (type: number): boolean =>
  type === Message.serviceRequest || type === Message.serviceAccept || (type >= Message.userauthRequest && type < Message.ping);
