/**
 * One key exchange, either role (RFC 4253 §7 and §8; strict mode of OpenSSH's PROTOCOL 1.10).
 * States: inits (KEXINIT both ways) → values (messages 30 and 31) → computing → new-keys (sent, waits for the peer's) → done.
 * The owner constructs one for every exchange and passes it the messages 20 to 49.
 */
import { exchangeHash, KEX_METHODS, type KexClient, type KexMethod, type KeyDerivationInput, type PacketKeys } from '../crypto/index.js';
import {
  parseOfferedKey,
  signingPrice,
  SshKeyError,
  signWith,
  verifySignatureInPool,
  type OfferedKey,
  type VerifyPolicy,
} from '../keys/index.js';
import { DisconnectReason, SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { chooseHostKey, type HostIdentity, type HostKeyChoice } from './host-identity.js';
import { keysToClient, keysToServer } from './key-schedule.js';
import { decodeKexInit, encodeKexInit, type KexInit } from './kexinit.js';
import { Message } from './message.js';
import { isGuessRight, KexMarker, negotiate, type NegotiatedAlgorithms } from './negotiate.js';

/** The host key that a server presented. Its signature over this exchange is correct; the application decides if it trusts the key. */
export interface PresentedHostKey {
  readonly key: OfferedKey;
  /** The negotiated algorithm, for instance `rsa-sha2-512` or `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithm: string;
  /** The key or certificate blob as the server sent it. */
  readonly blob: Buffer;
}

/** The role, and the options that only this role has. */
export type KexRole =
  | { readonly role: 'server'; readonly identities: readonly HostIdentity[] }
  | {
      readonly role: 'client';
      /** Called at every key exchange, including rekeying. */
      readonly verifyHostKey: (presented: PresentedHostKey) => boolean | Promise<boolean>;
      /** Demands on the signature. By default SHA-1 is allowed only for the algorithm `ssh-rsa`. */
      readonly hostKeyPolicy?: VerifyPolicy | undefined;
    };

/** Options of one key exchange. */
export interface KexOptions {
  readonly side: KexRole;
  /** The name-lists of this side's KEXINIT, including the markers. */
  readonly offer: KexInit;
  /** Undefined in the first key exchange, whose exchange hash becomes the session id. */
  readonly sessionId: Buffer | undefined;
}

/** The functions of the transport that a key exchange calls. */
export interface KexPort {
  /** Returns both identification lines. Called after both are known. */
  identifications(): { readonly client: string; readonly server: string };
  send(payload: Buffer): void;
  /** Runs an expensive computation when this connection's turn comes. Rejects if the connection ends before. */
  compute<T>(price: number, computation: () => Promise<T>): Promise<T>;
  /** Holds the input: no packet is passed on until `releaseInput`. */
  holdInput(): void;
  releaseInput(): void;
  /** Uses these keys for all packets after the NEWKEYS that was just sent. */
  useOutboundKeys(keys: PacketKeys): void;
  /** Uses these keys for all packets after the NEWKEYS that just arrived. */
  useInboundKeys(keys: PacketKeys): void;
  fail(error: unknown): void;
}

/** The result of a key exchange. */
export interface KexOutcome {
  readonly algorithms: NegotiatedAlgorithms;
  readonly sessionId: Buffer;
}

type State = 'inits' | 'values' | 'computing' | 'new-keys' | 'done';

/** See the head of this file. */
export class KeyExchange {
  private state: State = 'inits';
  private ourPayload: Buffer | undefined;
  private peerPayload: Buffer | undefined;
  private peerInit: KexInit | undefined;
  private chosen: NegotiatedAlgorithms | undefined;
  private ignoresNext = false;
  private client: KexClient | undefined;
  private derivation: KeyDerivationInput | undefined;

  constructor(
    private readonly options: KexOptions,
    private readonly port: KexPort,
  ) {}

  /** Returns true after NEWKEYS was sent and received. */
  get isDone(): boolean {
    return this.state === 'done';
  }

  /** Returns true after the peer's KEXINIT arrived. Until its NEWKEYS the peer may send only key exchange messages. */
  get hasPeerInit(): boolean {
    return this.peerInit !== undefined;
  }

  /** Returns the key exchange names and markers of the peer; empty before its KEXINIT. */
  get peerMarkers(): ReadonlySet<string> {
    return new Set(this.peerInit?.kex);
  }

  /** Returns the result. Valid only if `isDone`. */
  get outcome(): KexOutcome {
    return { algorithms: this.chosen!, sessionId: this.derivation!.sessionId };
  }

  /** Sends KEXINIT, once. */
  begin(): void {
    if (this.ourPayload !== undefined) return;
    this.ourPayload = encodeKexInit(this.options.offer);
    this.port.send(this.ourPayload);
  }

  /** Handles one message with a number from 20 to 49. Throws SshProtocolError if it is not expected in this state. */
  handle(type: number, payload: Buffer): void {
    if (type === Message.kexInit) return this.onKexInit(payload);
    if (this.ignoresNext && type >= Message.kexClient) {
      this.ignoresNext = false;
      return undefined;
    }
    if (type === Message.newKeys) return this.onNewKeys(payload);
    const expected = this.options.side.role === 'server' ? Message.kexClient : Message.kexServer;
    if (type !== expected || this.state !== 'values')
      throw SshProtocolError.malformed(`Message ${type} is not expected in this key exchange`);
    return this.options.side.role === 'server' ? this.onClientValue(payload) : this.onServerValue(payload);
  }

  private onKexInit(payload: Buffer): void {
    if (this.state !== 'inits' || this.peerInit !== undefined) throw SshProtocolError.malformed('KEXINIT during a key exchange');
    this.peerPayload = Buffer.from(payload);
    this.peerInit = decodeKexInit(this.peerPayload);
    this.begin();
    const [client, server] = this.bothInits();
    this.chosen = negotiate(client, server);
    this.ignoresNext = this.peerInit.guessFollows && !isGuessRight(client, server);
    this.state = 'values';
    if (this.options.side.role === 'client') this.sendClientValue();
  }

  private bothInits(): readonly [KexInit, KexInit] {
    const peer = this.peerInit!;
    return this.options.side.role === 'server' ? [peer, this.options.offer] : [this.options.offer, peer];
  }

  private get method(): KexMethod {
    return KEX_METHODS[this.chosen!.kex];
  }

  private sendClientValue(): void {
    this.run(async () => {
      this.client = await this.port.compute(this.method.price / 2, () => this.method.startClient());
      this.port.send(new SshWriter(2048).writeByte(Message.kexClient).writeString(this.client.clientValue).finish());
      this.state = 'values';
    });
  }

  private onClientValue(payload: Buffer): void {
    const { side } = this.options;
    if (side.role !== 'server') return;
    const reader = new SshReader(payload, 1);
    const clientValue = Buffer.from(reader.readString());
    reader.expectEnd();
    const choice = chooseHostKey(side.identities, this.chosen!.hostKey);
    if (choice === undefined) throw SshProtocolError.keyExchange(`No host key for ${this.chosen!.hostKey}`);
    this.run(async () => {
      const price = this.method.price + signingPrice(choice.signer.publicKey);
      const { serverValue, signature } = await this.port.compute(price, () => this.computeReply(choice, clientValue));
      const reply = new SshWriter(4096)
        .writeByte(Message.kexServer)
        .writeString(choice.blob)
        .writeString(serverValue)
        .writeString(signature);
      this.port.send(reply.finish());
      this.sendNewKeys();
    });
  }

  private async computeReply(choice: HostKeyChoice, clientValue: Buffer): Promise<{ serverValue: Buffer; signature: Buffer }> {
    const { serverValue, encodedSecret } = await this.method.answerClient(clientValue);
    const hash = this.derive(choice.blob, clientValue, serverValue, encodedSecret);
    return { serverValue, signature: await signWith(choice.signer, choice.signatureAlgorithm, hash) };
  }

  private onServerValue(payload: Buffer): void {
    const { side } = this.options;
    if (side.role !== 'client') return;
    const reader = new SshReader(payload, 1);
    const blob = Buffer.from(reader.readString());
    const serverValue = Buffer.from(reader.readString());
    const signature = Buffer.from(reader.readString());
    reader.expectEnd();
    this.run(async () => {
      const key = await this.port.compute(this.method.price / 2, () => this.checkReply(blob, serverValue, signature, side.hostKeyPolicy));
      if (!(await side.verifyHostKey({ key, algorithm: this.chosen!.hostKey, blob }))) {
        throw new SshProtocolError(DisconnectReason.HOST_KEY_NOT_VERIFIABLE, 'Host key verification failed');
      }
      this.sendNewKeys();
    });
  }

  /** Returns the host key. Rejects with SshProtocolError unless it signed this exchange. */
  private async checkReply(blob: Buffer, serverValue: Buffer, signature: Buffer, policy: VerifyPolicy | undefined): Promise<OfferedKey> {
    const { hostKey } = this.chosen!;
    try {
      const key = parseOfferedKey(hostKey, blob);
      const hash = this.derive(blob, this.client!.clientValue, serverValue, await this.client!.finish(serverValue));
      const verdict = await verifySignatureInPool(key, hostKey, hash, signature, { allowsSha1: hostKey === 'ssh-rsa', ...policy });
      if (verdict.isValid) return key;
    } catch (error) {
      if (!(error instanceof SshKeyError)) throw error;
      throw SshProtocolError.keyExchange(`Host key cannot be used: ${error.message}`, { cause: error });
    }
    throw SshProtocolError.keyExchange('The signature of the host key is incorrect');
  }

  private derive(hostKeyBlob: Buffer, clientValue: Buffer, serverValue: Buffer, encodedSecret: Buffer): Buffer {
    const isServer = this.options.side.role === 'server';
    const identifications = this.port.identifications();
    const hash = exchangeHash(this.method.hash, {
      clientIdentification: identifications.client,
      serverIdentification: identifications.server,
      clientKexInit: isServer ? this.peerPayload! : this.ourPayload!,
      serverKexInit: isServer ? this.ourPayload! : this.peerPayload!,
      hostKeyBlob,
      clientValue,
      serverValue,
      encodedSecret,
    });
    this.derivation = { hash: this.method.hash, encodedSecret, exchangeHash: hash, sessionId: this.options.sessionId ?? hash };
    return hash;
  }

  /** Runs a step that waits for a computation, a signer or the application. Meanwhile no packet is read, which keeps the order. */
  private run(step: () => Promise<void>): void {
    this.state = 'computing';
    this.port.holdInput();
    step().then(
      () => this.port.releaseInput(),
      (error: unknown) => this.port.fail(error),
    );
  }

  private sendNewKeys(): void {
    this.state = 'new-keys';
    this.port.send(Buffer.of(Message.newKeys));
    const derive = this.options.side.role === 'server' ? keysToClient : keysToServer;
    this.port.useOutboundKeys(derive(this.derivation!, this.chosen!));
  }

  private onNewKeys(payload: Buffer): void {
    if (this.state !== 'new-keys' || payload.length !== 1) throw SshProtocolError.malformed('NEWKEYS is not expected now');
    this.state = 'done';
    const derive = this.options.side.role === 'server' ? keysToServer : keysToClient;
    this.port.useInboundKeys(derive(this.derivation!, this.chosen!));
    this.derivation!.encodedSecret.fill(0);
  }
}

/** Returns the key exchange names with the markers of a role. Markers belong to the first KEXINIT only. */
export function withMarkers(kex: readonly string[], role: KexRole['role']): string[] {
  return role === 'server'
    ? [...kex, KexMarker.extInfoServer, KexMarker.strictServer]
    : [...kex, KexMarker.extInfoClient, KexMarker.strictClient];
}
