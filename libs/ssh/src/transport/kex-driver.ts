/**
 * The key exchanges of one connection: the first one, those the peer asks for and those that volume, packets or time ask for
 * (RFC 4253 §9, RFC 4344 §3). Keeps what the layers above send meanwhile, in order and bounded.
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

/** What the driver works with. */
export interface KexDriverParts {
  readonly side: KexRole;
  readonly crypto: CryptoProvider;
  readonly offer: AlgorithmOffer;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly reader: PacketReader;
  readonly writer: PacketWriter;
}

/** What the driver tells its transport. */
export interface KexDriverEvents {
  identifications(): { readonly client: string; readonly server: string };
  holdInput(): void;
  releaseInput(): void;
  fail(error: unknown): void;
  /** Our first NEWKEYS left: what goes first under the new keys may be sent now. */
  firstKeysSent(peerMarkers: ReadonlySet<string>): void;
  /** Our NEWKEYS left and everything that waited was sent. */
  outboundOpen(): void;
  /** NEWKEYS went both ways for the first time. */
  ready(): void;
}

/** See the head of this file. */
export class KexDriver {
  algorithms: NegotiatedAlgorithms | undefined;
  sessionId: Buffer = Buffer.alloc(0);
  /** Key exchanges finished so far. */
  finished = 0;
  /** Nothing of the layers above may be sent: before the first NEWKEYS and from each KEXINIT of ours to our NEWKEYS. */
  isOutboundBlocked = true;
  private exchange: KeyExchange | undefined;
  private readonly deferred = new DeferredPayloads();
  private isStrict = false;
  private isRekeyAllowed = false;
  private timer: Timer | undefined;

  constructor(
    private readonly parts: KexDriverParts,
    private readonly events: KexDriverEvents,
  ) {}

  /** Sends our KEXINIT, unless an exchange is under way. */
  start(): void {
    if (this.exchange !== undefined) return;
    this.isOutboundBlocked = true;
    const { side } = this.parts;
    const sessionId = this.finished === 0 ? undefined : this.sessionId;
    this.exchange = new KeyExchange({ side, offer: this.makeOffer(), sessionId }, this.port());
    this.exchange.begin();
  }

  /** Throws when a message of this type may not come now. */
  checkOrder(type: number): void {
    const { exchange } = this;
    if (exchange === undefined || type === Message.disconnect || isKexMessage(type)) return;
    const isStrictFirst = this.finished === 0 && this.isStrict;
    if (isStrictFirst || (exchange.hasPeerInit && !isAllowedDuringKex(type))) {
      throw SshProtocolError.malformed(`Message ${type} during a key exchange`);
    }
  }

  /** Takes a message of the numbers 20 to 49. */
  handle(type: number, payload: Buffer): void {
    if (type === Message.kexInit) this.start();
    const { exchange } = this;
    if (exchange === undefined) throw SshProtocolError.malformed(`Message ${type} outside a key exchange`);
    exchange.handle(type, payload);
    if (type === Message.kexInit && this.finished === 0) this.enterStrict(exchange.peerMarkers);
    if (exchange.isDone) this.finish(exchange);
  }

  /** Keeps a payload until our NEWKEYS. Ends the connection when more waits than is allowed. */
  defer(head: Uint8Array, body: Uint8Array | undefined): void {
    this.deferred.push(head, body);
    if (this.deferred.bytes <= this.parts.limits.deferredBytes) return;
    this.events.fail(new SshProtocolError(DisconnectReason.BY_APPLICATION, 'Too much waits for the end of a key exchange'));
  }

  /** From now on volume, packets and time start exchanges too. */
  allowRekey(): void {
    this.isRekeyAllowed = true;
    this.armTimer();
  }

  /** Starts an exchange when the keys in use have served enough. */
  checkVolume(): void {
    if (!this.isRekeyAllowed || this.exchange !== undefined) return;
    const { reader, writer, limits } = this.parts;
    const isWorn =
      Math.max(reader.bytes, writer.bytes) >= limits.rekeyBytes || Math.max(reader.packets, writer.packets) >= limits.rekeyPackets;
    if (isWorn) this.start();
  }

  /** The connection ended. */
  close(): void {
    this.timer?.cancel();
    this.isRekeyAllowed = false;
    this.deferred.clear();
  }

  private makeOffer(): KexInit {
    const { side, offer } = this.parts;
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
    const { events, parts } = this;
    return {
      identifications: () => events.identifications(),
      send: (payload) => parts.writer.send(payload),
      holdInput: () => events.holdInput(),
      releaseInput: () => events.releaseInput(),
      fail: (error) => events.fail(error),
      useOutboundKeys: (keys) => this.useOutboundKeys(keys),
      useInboundKeys: (keys) => {
        parts.reader.useOpener(parts.crypto.createOpener(keys), this.isStrict);
        wipeKeys(keys);
      },
    };
  }

  private enterStrict(markers: ReadonlySet<string>): void {
    this.isStrict = markers.has(this.parts.side.role === 'server' ? KexMarker.strictClient : KexMarker.strictServer);
    if (this.isStrict && this.parts.reader.packet.sequence !== 0) throw SshProtocolError.malformed('KEXINIT was not the first packet');
  }

  private useOutboundKeys(keys: PacketKeys): void {
    this.parts.writer.useSealer(this.parts.crypto.createSealer(keys), this.isStrict);
    wipeKeys(keys);
    this.isOutboundBlocked = false;
    if (this.finished === 0) this.events.firstKeysSent(this.exchange!.peerMarkers);
    this.deferred.drain((payload) => this.parts.writer.send(payload));
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
    this.timer = this.parts.clock.after(this.parts.limits.rekeyMs, () => this.start());
  }
}

/** The numbers 20 to 49. */
export function isKexMessage(type: number): boolean {
  return type >= Message.kexInit && type < Message.userauthRequest;
}
