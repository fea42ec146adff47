/**
 * The authentication layer in the server role (RFC 4252). Where the RFC leaves a choice, it answers as OpenSSH's server does.
 * States: service (waits for SERVICE_REQUEST) → requests, one at a time → success; then the connection layer listens.
 * Limits: failed attempts, refused signatures, requests in all, waiting requests, and the time until success.
 */
import { parseOfferedKey, SshKeyError, verifySignatureInPool, verifyingPrice, type OfferedKey } from '../keys/index.js';
import type { Timer } from '../transport/clock.js';
import { Message } from '../transport/message.js';
import type { SshTransport, TransportListener } from '../transport/ssh-transport.js';
import { DisconnectReason, SshProtocolError, SshReader } from '../wire/index.js';
import {
  ConversationAbandoned,
  ProvenKey,
  type Attempt,
  type KeyQuery,
  type ServerAuthenticator,
  type UnusableKey,
  type Verdict,
} from './attempt.js';
import { Conversation } from './conversation.js';
import { DEFAULT_AUTHENTICATION_LIMITS, type AuthenticationLimits } from './limits.js';
import { signedBytes } from './publickey-proof.js';
import {
  CONNECTION_SERVICE,
  decodeUserauthRequest,
  encodeBanner,
  encodeChangeRequest,
  encodeFailure,
  encodePkOk,
  encodeService,
  USERAUTH_SERVICE,
} from './userauth-messages.js';

/** The reason of a connection that ended because its client did not log in in time. */
export const GRACE_EXCEEDED = 'Timeout before authentication';

/** A client that is authenticated. */
export interface Login {
  readonly user: string;
  /** The method that completed the login. */
  readonly method: string;
}

/** A step before authentication: the client's identification line, the end of the first key exchange. */
export type HandshakeStep = 'identified' | 'keys-exchanged';

/** A client before its login, as the application's authenticator sees it. */
export interface ServerHandshake {
  readonly transport: SshTransport;
  /** Shows text to the user (RFC 4252 §5.4). Does nothing after the login. */
  banner(text: string): void;
  /** Restarts the login grace time with this many milliseconds. */
  extendGrace(ms: number): void;
}

/** The listener of the layer. */
export interface ServerAuthenticationEvents {
  /** Handles a login, after USERAUTH_SUCCESS was sent. The transport's next listener must be set within this call. */
  succeeded(login: Login): void;
  /** Handles a step that the client has completed. */
  progressed?(step: HandshakeStep): void;
  closed(reason: Error): void;
}

/** See the head of this file. */
export class ServerAuthentication implements TransportListener, ServerHandshake {
  private isServiceAccepted = false;
  private user: string | undefined;
  private failures = 0;
  private wrongSignatures = 0;
  private requests = 0;
  private isBusy = false;
  private isOver = false;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private readonly earlyBanners: string[] = [];
  private conversation: Conversation | undefined;
  private grace: Timer;
  private readonly limits: AuthenticationLimits;
  private readonly authenticator: ServerAuthenticator;

  constructor(
    readonly transport: SshTransport,
    makeAuthenticator: (handshake: ServerHandshake) => ServerAuthenticator,
    private readonly acceptedAlgorithms: readonly string[],
    private readonly events: ServerAuthenticationEvents,
    limits: Partial<AuthenticationLimits> = {},
  ) {
    this.limits = { ...DEFAULT_AUTHENTICATION_LIMITS, ...limits };
    this.grace = this.startGrace(this.limits.graceMs);
    this.authenticator = makeAuthenticator(this);
  }

  /** Sends text for the user, at any time before success. A text before SERVICE_REQUEST waits for that request. */
  banner(text: string): void {
    if (this.isOver) return;
    if (this.isServiceAccepted) this.transport.send(encodeBanner(text));
    else this.earlyBanners.push(text);
  }

  /** Restarts the login grace time, for instance while an approval is awaited. */
  extendGrace(ms: number): void {
    if (this.isOver) return;
    this.grace.cancel();
    this.grace = this.startGrace(ms);
  }

  packet(type: number, payload: Buffer): boolean {
    if (type >= Message.globalRequest) throw SshProtocolError.malformed(`Message ${type} before authentication`);
    if (type === Message.serviceRequest) return this.onServiceRequest(payload);
    if (!this.isServiceAccepted) return false;
    if (type === Message.userauthInfoResponse) return this.onInfoResponse(payload);
    if (type !== Message.userauthRequest) return false;
    this.conversation?.abandon();
    if (this.isBusy) this.enqueue(payload);
    else this.startRequest(payload);
    return true;
  }

  identified(): void {
    this.events.progressed?.('identified');
  }

  ready(): void {
    this.events.progressed?.('keys-exchanged');
  }

  closed(reason: Error): void {
    this.finish();
    this.events.closed(reason);
  }

  private startGrace(ms: number): Timer {
    return this.transport.clock.after(ms, () => {
      this.transport.disconnect(DisconnectReason.BY_APPLICATION, GRACE_EXCEEDED);
    });
  }

  private finish(): void {
    this.isOver = true;
    this.grace.cancel();
    this.waiting.length = 0;
    this.conversation?.abandon();
  }

  private onServiceRequest(payload: Buffer): boolean {
    const service = new SshReader(payload, 1).readAscii();
    if (service !== USERAUTH_SERVICE)
      throw new SshProtocolError(DisconnectReason.SERVICE_NOT_AVAILABLE, `Service ${service} is not available`);
    this.isServiceAccepted = true;
    this.transport.send(encodeService(Message.serviceAccept, service));
    for (const text of this.earlyBanners.splice(0)) this.banner(text);
    return true;
  }

  private onInfoResponse(payload: Buffer): boolean {
    if (this.conversation === undefined) return false;
    this.conversation.onResponse(payload);
    return true;
  }

  /** Queues a request. RFC 4252 §5 lets a client send requests ahead of the answers; their number is bounded. */
  private enqueue(payload: Buffer): void {
    this.waiting.push(Buffer.from(payload));
    this.waitingBytes += payload.length;
    if (this.waiting.length > this.limits.waitingRequests || this.waitingBytes > this.limits.waitingBytes) {
      throw SshProtocolError.malformed('Too many authentication requests at once');
    }
  }

  private startRequest(payload: Buffer): void {
    this.isBusy = true;
    this.onRequest(payload).then(
      () => this.nextRequest(),
      (error: unknown) => this.transport.fail(error),
    );
  }

  private nextRequest(): void {
    this.isBusy = false;
    const payload = this.waiting.shift();
    if (payload === undefined || this.isOver) return;
    this.waitingBytes -= payload.length;
    this.startRequest(payload);
  }

  private async onRequest(payload: Buffer): Promise<void> {
    const { user, service, method, reader } = decodeUserauthRequest(Buffer.from(payload));
    if (service !== CONNECTION_SERVICE)
      throw new SshProtocolError(DisconnectReason.SERVICE_NOT_AVAILABLE, `Service ${service} is not available`);
    this.user ??= user;
    if (this.user !== user) throw SshProtocolError.malformed('Change of user name is not allowed');
    this.requests += 1;
    if (this.requests > this.limits.requests) throw tooMany();
    const verdict = await this.decide(user, method, reader);
    if (!this.isOver && verdict !== undefined) this.answer(verdict, method);
  }

  /** Returns `undefined` if the request was answered already, or if no answer is due any more. */
  private decide(user: string, method: string, reader: SshReader): Promise<Verdict | undefined> | Verdict {
    switch (method) {
      case 'none':
        return this.authenticator.decide({ method, user });
      case 'password':
        return this.authenticator.decide(readPassword(user, reader));
      case 'publickey':
        return this.decideKey(user, reader);
      case 'keyboard-interactive':
        return this.decideInteractive(user, reader);
      default:
        return this.refusal();
    }
  }

  private refusal(): Verdict {
    return { kind: 'failure', methods: this.authenticator.methods() };
  }

  private async decideInteractive(user: string, reader: SshReader): Promise<Verdict | undefined> {
    reader.readString();
    const submethods = reader.readUtf8();
    const conversation = new Conversation((payload) => this.transport.send(payload));
    this.conversation = conversation;
    try {
      const verdict = await this.authenticator.decide({
        method: 'keyboard-interactive',
        user,
        submethods,
        ask: (set) => conversation.ask(set),
      });
      return conversation.isAbandoned ? undefined : verdict;
    } catch (error) {
      if (!(error instanceof ConversationAbandoned)) throw error;
      return undefined;
    } finally {
      conversation.abandon();
      this.conversation = undefined;
    }
  }

  private async decideKey(user: string, reader: SshReader): Promise<Verdict | undefined> {
    const isSigned = reader.readBoolean();
    const algorithm = reader.readAscii();
    const blob = reader.readString();
    const key = this.parseKey({ user, algorithm, isSigned }, blob);
    if (key === undefined) return isSigned ? this.refuseSignature() : this.refusal();
    const query = { user, key, algorithm };
    if (isSigned) return this.decideSignature(query, blob, reader);
    reader.expectEnd();
    if (!(await this.authenticator.acceptsKey(query))) return this.refusal();
    if (!this.isOver) this.transport.send(encodePkOk(algorithm, blob));
    return undefined;
  }

  private parseKey(request: UnusableKey, blob: Buffer): OfferedKey | undefined {
    if (!this.acceptedAlgorithms.includes(request.algorithm)) return undefined;
    try {
      return parseOfferedKey(request.algorithm, blob);
    } catch (error) {
      if (!(error instanceof SshKeyError)) throw error;
      this.authenticator.keyRefused?.(request, error);
      return undefined;
    }
  }

  /** Counts a signed request that is refused. Throws SshProtocolError after the last one that is allowed. */
  private refuseSignature(): Verdict {
    this.wrongSignatures += 1;
    if (this.wrongSignatures >= this.limits.wrongSignatures) throw tooMany();
    return this.refusal();
  }

  /** Decides on a signed request. The signature of a key that is not the user's is not verified: that would be work for nothing. */
  private async decideSignature(query: KeyQuery, blob: Buffer, reader: SshReader): Promise<Verdict> {
    const signature = reader.readString();
    reader.expectEnd();
    if (!(await this.authenticator.acceptsKey(query))) {
      this.authenticator.signatureRefused?.(query, 'the key is not one of this user');
      return this.refuseSignature();
    }
    const policy = (await this.authenticator.verifyPolicy?.(query)) ?? {};
    const data = signedBytes(this.transport.sessionId, query.user, query.algorithm, blob);
    const result = await this.transport.compute(verifyingPrice(query.key), () =>
      verifySignatureInPool(query.key, query.algorithm, data, signature, policy),
    );
    if (!result.isValid) {
      this.authenticator.signatureRefused?.(query, result.reason);
      return this.refuseSignature();
    }
    const proven = new ProvenKey(query.key, query.algorithm, result.fido);
    return this.authenticator.decide({ method: 'publickey', user: query.user, proven });
  }

  private answer(verdict: Verdict, method: string): void {
    switch (verdict.kind) {
      case 'success':
        return this.succeed(method);
      case 'partial':
        return this.transport.send(encodeFailure(verdict.methods, true));
      case 'change-password':
        return this.transport.send(encodeChangeRequest(verdict.prompt));
      case 'failure':
        return this.refuse(verdict, method);
    }
  }

  /** Refuses an attempt. As in OpenSSH, an initial `none` does not count; every other failure does. */
  private refuse(verdict: Verdict & { kind: 'failure' }, method: string): void {
    const isFree = verdict.counts === false || (method === 'none' && this.requests === 1);
    if (!isFree) this.failures += 1;
    if (this.failures >= this.limits.failures) throw tooMany();
    this.transport.send(encodeFailure(verdict.methods, false));
  }

  private succeed(method: string): void {
    this.finish();
    this.transport.send(Buffer.of(Message.userauthSuccess));
    this.transport.allowRekey();
    this.events.succeeded({ user: this.user!, method });
  }
}

const readPassword = (user: string, reader: SshReader): Attempt => {
  const isChange = reader.readBoolean();
  const password = readSecret(reader);
  if (!isChange) return { method: 'password', user, password };
  return { method: 'password', user, password, newPassword: readSecret(reader) };
};

const MAX_PASSWORD_BYTES = 1024;

/** Reads a password. Some clients send another encoding than UTF-8: such a password is wrong, the message is not malformed. */
const readSecret = (reader: SshReader): string => reader.readString(MAX_PASSWORD_BYTES).toString('utf8');

const tooMany = (): SshProtocolError => SshProtocolError.malformed('Too many authentication failures');
