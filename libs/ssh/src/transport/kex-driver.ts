/**
 * The key exchanges of one connection: the first one, those that the peer starts, and those that bytes, packets or time require
 * (RFC 4253 §9, RFC 4344 §3). Queues the payloads of the layers above meanwhile, in order and bounded.
 */
import type { CryptoProvider, PacketKeys } from '../crypto/index.js';
import { DisconnectReason, SshProtocolError } from '../wire/index.js';
import type { AlgorithmOffer } from './algorithm-offer.js';
import type { Clock, Timer } from './clock.js';
import { DeferredPayloads } from './deferred-payloads.js';
import { hostKeyAlgorithms } from './host-identity.js';
import { KeyExchange, withMarkers, type KexPort, type KexRole } from './key-exchange.js';
import { wipeKeys } from './key-schedule.js';
import type { KexInit } from './kexinit.js';
import type { TransportLimits } from './limits.js';
import { isAllowedDuringKex, Message } from './message.js';
import { KexMarker, type NegotiatedAlgorithms } from './negotiate.js';
import type { PacketReader } from './packet-reader.js';
import type { PacketWriter } from './packet-writer.js';
import { RekeyBudget } from './rekey-budget.js';

/** The collaborators of the driver. */
export interface KexDriverDeps {
  readonly side: KexRole;
  readonly crypto: CryptoProvider;
  readonly offer: AlgorithmOffer;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly reader: PacketReader;
  readonly writer: PacketWriter;
  /** Runs an expensive computation when this connection's turn comes. Rejects if the connection ends before. */
  compute<T>(price: number, computation: () => Promise<T>): Promise<T>;
}

/** The listener of the driver. */
export interface KexDriverEvents {
  identifications(): { readonly client: string; readonly server: string };
  holdInput(): void;
  releaseInput(): void;
  fail(error: unknown): void;
  /** Handles the first NEWKEYS that this side sent: the messages that have to be the first ones under the new keys may be sent now. */
  firstKeysSent(peerMarkers: ReadonlySet<string>): void;
  /** Handles a NEWKEYS that this side sent, after every queued payload was sent. */
  outboundOpen(): void;
  /** Handles the end of the first key exchange: both sides sent NEWKEYS. */
  ready(): void;
}

/** See the head of this file. */
export class KexDriver {
  algorithms: NegotiatedAlgorithms | undefined;
  sessionId: Buffer = Buffer.alloc(0);
  /** Key exchanges finished so far. */
  finished = 0;
  /** True while the layers above may not send: before the first NEWKEYS, and from each KEXINIT of this side to its NEWKEYS. */
  isOutboundBlocked = true;
  private exchange: KeyExchange | undefined;
  private readonly deferred = new DeferredPayloads();
  private isStrict = false;
  private isRekeyAllowed = false;
  private timer: Timer | undefined;
  private readonly peerRekeys: RekeyBudget;

  constructor(
    private readonly deps: KexDriverDeps,
    private readonly events: KexDriverEvents,
  ) {
    this.peerRekeys = new RekeyBudget(deps.limits.rekeysPerMinute, deps.clock);
  }

  /** Sends KEXINIT, unless a key exchange is under way. */
  start(): void {
    if (this.exchange !== undefined) return;
    this.isOutboundBlocked = true;
    const { side } = this.deps;
    const sessionId = this.finished === 0 ? undefined : this.sessionId;
    this.exchange = new KeyExchange({ side, offer: this.makeOffer(), sessionId }, this.port());
    this.exchange.begin();
  }

  /** Throws SshProtocolError if a message of this type may not arrive now. */
  checkOrder(type: number): void {
    const { exchange } = this;
    if (exchange === undefined || type === Message.disconnect || isKexMessage(type)) return;
    const isStrictFirst = this.finished === 0 && this.isStrict;
    if (isStrictFirst || (exchange.hasPeerInit && !isAllowedDuringKex(type))) {
      throw SshProtocolError.malformed(`Message ${type} during a key exchange`);
    }
  }

  /** Handles a message with a number from 20 to 49. */
  handle(type: number, payload: Buffer): void {
    if (type === Message.kexInit) this.onPeerInit();
    const { exchange } = this;
    if (exchange === undefined) throw SshProtocolError.malformed(`Message ${type} outside a key exchange`);
    exchange.handle(type, payload);
    if (type === Message.kexInit && this.finished === 0) this.enterStrict(exchange.peerMarkers);
    if (exchange.isDone) this.finish(exchange);
  }

  /** Queues a payload until this side sends NEWKEYS. Ends the connection if the queue exceeds `deferredBytes`. */
  defer(head: Uint8Array, body: Uint8Array | undefined): void {
    this.deferred.push(head, body);
    if (this.deferred.bytes <= this.deps.limits.deferredBytes) return;
    this.events.fail(new SshProtocolError(DisconnectReason.BY_APPLICATION, 'Too many bytes wait for the end of a key exchange'));
  }

  /** Allows key exchanges by bytes, packets and time from now on. */
  allowRekey(): void {
    this.isRekeyAllowed = true;
    this.armTimer();
  }

  /** Starts a key exchange if the current keys have reached a limit. */
  checkVolume(): void {
    if (!this.isRekeyAllowed || this.exchange !== undefined) return;
    const { reader, writer, limits } = this.deps;
    const isDue =
      Math.max(reader.bytes, writer.bytes) >= limits.rekeyBytes || Math.max(reader.packets, writer.packets) >= limits.rekeyPackets;
    if (isDue) this.start();
  }

  /** Handles the end of the connection. */
  close(): void {
    this.timer?.cancel();
    this.isRekeyAllowed = false;
    this.deferred.clear();
  }

  private onPeerInit(): void {
    if (this.exchange === undefined) this.checkPeerRekey();
    this.start();
  }

  /**
   * Throws SshProtocolError if the peer may not start a key exchange now. Before the login there is nothing to rekey for: like OpenSSH, the
   * engine never does so itself, and a peer that does so costs much more than it spends.
   */
  private checkPeerRekey(): void {
    if (!this.isRekeyAllowed) throw SshProtocolError.malformed('A second key exchange before the login is not allowed');
    const { reader, writer, limits } = this.deps;
    if (Math.max(reader.bytes, writer.bytes) >= limits.freeRekeyBytes || this.peerRekeys.spend()) return;
    throw SshProtocolError.malformed(`More than ${limits.rekeysPerMinute} key exchanges in a minute`);
  }

  private makeOffer(): KexInit {
    const { side, offer } = this.deps;
    const { ciphers, macs } = offer;
    return {
      kex: this.finished === 0 ? withMarkers(offer.kex, side.role) : offer.kex,
      hostKey: side.role === 'server' ? hostKeyAlgorithms(side.identities) : offer.hostKey,
      ciphersToServer: ciphers,
      ciphersToClient: ciphers,
      macsToServer: macs,
      macsToClient: macs,
      compressionToServer: ['none'],
      compressionToClient: ['none'],
      guessFollows: false,
    };
  }

  private port(): KexPort {
    const { events, deps } = this;
    return {
      identifications: () => events.identifications(),
      send: (payload) => deps.writer.send(payload),
      compute: (price, computation) => deps.compute(price, computation),
      holdInput: () => events.holdInput(),
      releaseInput: () => events.releaseInput(),
      fail: (error) => events.fail(error),
      useOutboundKeys: (keys) => this.useOutboundKeys(keys),
      useInboundKeys: (keys) => {
        deps.reader.useOpener(deps.crypto.createOpener(keys), this.isStrict);
        wipeKeys(keys);
      },
    };
  }

  private enterStrict(markers: ReadonlySet<string>): void {
    this.isStrict = markers.has(this.deps.side.role === 'server' ? KexMarker.strictClient : KexMarker.strictServer);
    if (this.isStrict && this.deps.reader.packet.sequence !== 0) throw SshProtocolError.malformed('KEXINIT was not the first packet');
  }

  private useOutboundKeys(keys: PacketKeys): void {
    this.deps.writer.useSealer(this.deps.crypto.createSealer(keys), this.isStrict);
    wipeKeys(keys);
    this.isOutboundBlocked = false;
    if (this.finished === 0) this.events.firstKeysSent(this.exchange!.peerMarkers);
    this.deferred.drain((payload) => this.deps.writer.send(payload));
    this.events.outboundOpen();
  }

  private finish(exchange: KeyExchange): void {
    const { algorithms, sessionId } = exchange.outcome;
    this.algorithms = algorithms;
    this.sessionId = sessionId;
    this.exchange = undefined;
    this.finished += 1;
    this.armTimer();
    if (this.finished === 1) this.events.ready();
  }

  private armTimer(): void {
    if (!this.isRekeyAllowed) return;
    this.timer?.cancel();
    this.timer = this.deps.clock.after(this.deps.limits.rekeyMs, () => this.start());
  }
}

/** Returns true for the message numbers 20 to 49 (RFC 4250 §4.1.2). */
export function isKexMessage(type: number): boolean {
  return type >= Message.kexInit && type < Message.userauthRequest;
}
