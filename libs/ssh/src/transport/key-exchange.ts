/**
 * One key exchange, either role (RFC 4253 §7 and §8, strict mode of OpenSSH's PROTOCOL 1.10).
 * States: inits (KEXINITs go both ways) → values (messages 30 and 31) → new-keys (ours sent, the peer's awaited) → done.
 * The owner makes a new one for every exchange and hands it the messages 20 to 49.
 */
import { exchangeHash, KEX_METHODS, type KexClient, type KexMethod, type KeyDerivationInput, type PacketKeys } from '../crypto/index.js';
import { parseOfferedKey, SshKeyError, verifySignature, type OfferedKey, type VerifyPolicy } from '../keys/index.js';
import { DisconnectReason, SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { chooseHostKey, type HostIdentity } from './host-identity.js';
import { keysToClient, keysToServer } from './key-schedule.js';
import { decodeKexInit, encodeKexInit, type KexInit } from './kexinit.js';
import { Message } from './message.js';
import { isGuessRight, KexMarker, negotiate, type NegotiatedAlgorithms } from './negotiate.js';

/** What a client was shown as the server's key: its signature over this exchange is correct, whether to trust it is the application's to say. */
export interface PresentedHostKey {
  readonly key: OfferedKey;
  /** As negotiated, for instance `rsa-sha2-512` or `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithm: string;
  /** The bytes the server sent. */
  readonly blob: Buffer;
}

/** Role and its own part. */
export type KexRole =
  | { readonly role: 'server'; readonly identities: readonly HostIdentity[] }
  | {
      readonly role: 'client';
      /** Asked at every exchange, also when keys are renewed. */
      readonly verifyHostKey: (presented: PresentedHostKey) => boolean | Promise<boolean>;
      /** Demands on the signature; by default SHA-1 only where `ssh-rsa` was offered. */
      readonly hostKeyPolicy?: VerifyPolicy | undefined;
    };

/** What one exchange needs to know. */
export interface KexContext {
  readonly side: KexRole;
  /** Our KEXINIT's lists, markers included. */
  readonly offer: KexInit;
  /** Undefined in the first exchange, whose hash becomes the session id. */
  readonly sessionId: Buffer | undefined;
}

/** What an exchange does to its transport. */
export interface KexPort {
  /** Both identification lines; asked for once both are known. */
  identifications(): { readonly client: string; readonly server: string };
  send(payload: Buffer): void;
  /** No packet is handed on until `releaseInput`. */
  holdInput(): void;
  releaseInput(): void;
  /** NEWKEYS was sent: packets from here on use these keys. */
  useOutboundKeys(keys: PacketKeys): void;
  /** NEWKEYS arrived. */
  useInboundKeys(keys: PacketKeys): void;
  fail(error: unknown): void;
}

/** What was agreed. */
export interface KexOutcome {
  readonly algorithms: NegotiatedAlgorithms;
  readonly sessionId: Buffer;
}

type State = 'inits' | 'values' | 'deciding' | 'new-keys' | 'done';

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
    private readonly context: KexContext,
    private readonly port: KexPort,
  ) {}

  /** True once NEWKEYS went both ways. */
  get isDone(): boolean {
    return this.state === 'done';
  }

  /** True once the peer's KEXINIT is here: it may send nothing but key exchange messages until its NEWKEYS. */
  get hasPeerInit(): boolean {
    return this.peerInit !== undefined;
  }

  /** Known as soon as the peer's KEXINIT is here. */
  get peerMarkers(): ReadonlySet<string> {
    return new Set(this.peerInit?.kex);
  }

  /** What was agreed; only after `isDone`. */
  get outcome(): KexOutcome {
    return { algorithms: this.chosen!, sessionId: this.derivation!.sessionId };
  }

  /** Sends our KEXINIT, once. */
  begin(): void {
    if (this.ourPayload !== undefined) return;
    this.ourPayload = encodeKexInit(this.context.offer);
    this.port.send(this.ourPayload);
  }

  /** Takes one message of the numbers 20 to 49; throws SshProtocolError when it has no place here. */
  handle(type: number, payload: Buffer): void {
    if (type === Message.kexInit) return this.onKexInit(payload);
    if (this.ignoresNext && type >= Message.kexClient) {
      this.ignoresNext = false;
      return undefined;
    }
    if (type === Message.newKeys) return this.onNewKeys(payload);
    const expected = this.context.side.role === 'server' ? Message.kexClient : Message.kexServer;
    if (type !== expected || this.state !== 'values') throw SshProtocolError.malformed(`Message ${type} has no place in this key exchange`);
    return this.context.side.role === 'server' ? this.onClientValue(payload) : this.onServerValue(payload);
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
    if (this.context.side.role === 'client') this.sendClientValue();
  }

  private bothInits(): readonly [KexInit, KexInit] {
    const peer = this.peerInit!;
    return this.context.side.role === 'server' ? [peer, this.context.offer] : [this.context.offer, peer];
  }

  private get method(): KexMethod {
    return KEX_METHODS[this.chosen!.kex];
  }

  private sendClientValue(): void {
    this.client = this.method.startClient();
    this.port.send(new SshWriter(2048).writeByte(Message.kexClient).writeString(this.client.clientValue).finish());
  }

  private onClientValue(payload: Buffer): void {
    const { side } = this.context;
    if (side.role !== 'server') return;
    const reader = new SshReader(payload, 1);
    const clientValue = Buffer.from(reader.readString());
    reader.expectEnd();
    const { serverValue, encodedSecret } = this.method.answerClient(clientValue);
    const choice = chooseHostKey(side.identities, this.chosen!.hostKey);
    if (choice === undefined) throw SshProtocolError.keyExchange(`No host key for ${this.chosen!.hostKey}`);
    const hash = this.derive(choice.blob, clientValue, serverValue, encodedSecret);
    this.decide(async () => {
      const signature = await choice.signer.sign(choice.signatureAlgorithm, hash);
      const reply = new SshWriter(4096)
        .writeByte(Message.kexServer)
        .writeString(choice.blob)
        .writeString(serverValue)
        .writeString(signature);
      this.port.send(reply.finish());
    });
  }

  private onServerValue(payload: Buffer): void {
    const { side } = this.context;
    if (side.role !== 'client') return;
    const reader = new SshReader(payload, 1);
    const blob = Buffer.from(reader.readString());
    const serverValue = Buffer.from(reader.readString());
    const signature = Buffer.from(reader.readString());
    reader.expectEnd();
    const { clientValue } = this.client!;
    const hash = this.derive(blob, clientValue, serverValue, this.client!.finish(serverValue));
    const presented = { key: this.readHostKey(blob, hash, signature, side.hostKeyPolicy), algorithm: this.chosen!.hostKey, blob };
    this.decide(async () => {
      if (!(await side.verifyHostKey(presented))) {
        throw new SshProtocolError(DisconnectReason.HOST_KEY_NOT_VERIFIABLE, 'Host key verification failed');
      }
    });
  }

  private readHostKey(blob: Buffer, hash: Buffer, signature: Buffer, policy: VerifyPolicy | undefined): OfferedKey {
    const { hostKey } = this.chosen!;
    try {
      const key = parseOfferedKey(hostKey, blob);
      const verdict = verifySignature(key, hostKey, hash, signature, { allowsSha1: hostKey === 'ssh-rsa', ...policy });
      if (verdict.isValid) return key;
    } catch (error) {
      if (!(error instanceof SshKeyError)) throw error;
      throw SshProtocolError.keyExchange(`Host key cannot be used: ${error.message}`, { cause: error });
    }
    throw SshProtocolError.keyExchange('The signature of the host key is not correct');
  }

  private derive(hostKeyBlob: Buffer, clientValue: Buffer, serverValue: Buffer, encodedSecret: Buffer): Buffer {
    const isServer = this.context.side.role === 'server';
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
    this.derivation = { hash: this.method.hash, encodedSecret, exchangeHash: hash, sessionId: this.context.sessionId ?? hash };
    return hash;
  }

  /** Whoever decides or signs may be far away: nothing more is read until then, so that order is kept. */
  private decide(step: () => Promise<void>): void {
    this.state = 'deciding';
    this.port.holdInput();
    step()
      .then(() => this.sendNewKeys())
      .then(
        () => this.port.releaseInput(),
        (error: unknown) => this.port.fail(error),
      );
  }

  private sendNewKeys(): void {
    this.state = 'new-keys';
    this.port.send(Buffer.of(Message.newKeys));
    const derive = this.context.side.role === 'server' ? keysToClient : keysToServer;
    this.port.useOutboundKeys(derive(this.derivation!, this.chosen!));
  }

  private onNewKeys(payload: Buffer): void {
    if (this.state !== 'new-keys' || payload.length !== 1) throw SshProtocolError.malformed('NEWKEYS has no place here');
    this.state = 'done';
    const derive = this.context.side.role === 'server' ? keysToServer : keysToClient;
    this.port.useInboundKeys(derive(this.derivation!, this.chosen!));
    this.derivation!.encodedSecret.fill(0);
  }
}

/** Our KEXINIT's key exchange names with the markers that belong to a role and to the first exchange. */
export function withMarkers(kex: readonly string[], role: KexRole['role']): string[] {
  return role === 'server'
    ? [...kex, KexMarker.extInfoServer, KexMarker.strictServer]
    : [...kex, KexMarker.extInfoClient, KexMarker.strictClient];
}
