/**
 * The authentication layer in the client role (RFC 4252).
 * States: service (waits for SERVICE_ACCEPT) → one method at a time → success or AuthenticationFailed.
 */
import { signWith, type SignatureAlgorithm, type Signer } from '../keys/index.js';
import type { Timer } from '../transport/clock.js';
import { Message } from '../transport/message.js';
import type { SshTransport, TransportListener } from '../transport/ssh-transport.js';
import { DisconnectReason, SshProtocolError, SshReader } from '../wire/index.js';
import { AuthenticationFailed, type ClientMethod } from './client-method.js';
import { signedBytes } from './publickey-proof.js';
import {
  beginUserauthRequest,
  decodeFailure,
  decodeInfoRequest,
  encodeInfoResponse,
  encodeService,
  USERAUTH_SERVICE,
} from './userauth-messages.js';

/** The listener of the layer. */
export interface ClientAuthenticationEvents {
  /** Handles USERAUTH_SUCCESS. The transport's next listener must be set within this call. */
  succeeded(): void;
  /** Receives the server's banner as it was sent. Strip its control characters before showing it. */
  banner?(text: string): void;
  /** Handles the end before success: AuthenticationFailed, or the reason why the transport closed. */
  failed(reason: Error): void;
}

type Publickey = Extract<ClientMethod, { method: 'publickey' }>;

const MAX_BANNERS = 64;

/** See the head of this file. */
export class ClientAuthentication implements TransportListener {
  private readonly pending: ClientMethod[];
  private readonly tried: string[] = [];
  private current: ClientMethod | undefined;
  private algorithms: SignatureAlgorithm[] = [];
  private serverMethods: readonly string[] | undefined;
  private isPasswordChange = false;
  private isOver = false;
  private failure: AuthenticationFailed | undefined;
  private banners = 0;
  private readonly deadline: Timer;

  /** @param timeoutMs milliseconds from now to success, the key exchange included. */
  constructor(
    private readonly transport: SshTransport,
    private readonly user: string,
    methods: readonly ClientMethod[],
    private readonly events: ClientAuthenticationEvents,
    timeoutMs = 30_000,
  ) {
    this.pending = [...methods];
    this.deadline = transport.clock.after(timeoutMs, () => {
      transport.disconnect(DisconnectReason.BY_APPLICATION, `No login within ${Math.round(timeoutMs / 1000)} s`);
    });
  }

  ready(): void {
    this.transport.send(encodeService(Message.serviceRequest, USERAUTH_SERVICE));
  }

  packet(type: number, payload: Buffer): boolean {
    if (type >= Message.globalRequest) throw SshProtocolError.malformed(`Message ${type} before authentication`);
    switch (type) {
      case Message.serviceAccept:
        if (this.current === undefined && this.tried.length === 0) this.tryNext();
        return true;
      case Message.userauthBanner:
        this.onBanner(payload);
        return true;
      case Message.userauthFailure:
        this.onFailure(payload);
        return true;
      case Message.userauthSuccess:
        this.onSuccess();
        return true;
      case Message.userauthMethodReply:
        return this.onMethodReply(Buffer.from(payload));
      default:
        return false;
    }
  }

  closed(reason: Error): void {
    this.isOver = true;
    this.deadline.cancel();
    this.events.failed(this.failure ?? reason);
  }

  private onBanner(payload: Buffer): void {
    this.banners += 1;
    if (this.banners <= MAX_BANNERS) this.events.banner?.(new SshReader(payload, 1).readString().toString('utf8'));
  }

  private onSuccess(): void {
    if (this.current === undefined) throw SshProtocolError.malformed('USERAUTH_SUCCESS before any request');
    this.isOver = true;
    this.deadline.cancel();
    this.transport.allowRekey();
    this.events.succeeded();
  }

  private onFailure(payload: Buffer): void {
    if (this.current === undefined) throw SshProtocolError.malformed('USERAUTH_FAILURE before any request');
    const { methods, isPartial } = decodeFailure(payload);
    this.serverMethods = methods;
    if (!isPartial && this.retryWithOtherAlgorithm()) return;
    this.tryNext();
  }

  /** Starts the next method that the server may accept. If none is left, the login fails. */
  private tryNext(): void {
    const index = this.pending.findIndex(({ method }) => method === 'none' || (this.serverMethods?.includes(method) ?? true));
    const [next] = index < 0 ? [] : this.pending.splice(index, 1);
    if (next === undefined) return this.failLogin();
    this.current = next;
    this.isPasswordChange = false;
    this.tried.push(next.method);
    return this.start(next);
  }

  private failLogin(): void {
    this.failure = new AuthenticationFailed(this.serverMethods ?? [], this.tried);
    this.transport.disconnect(DisconnectReason.NO_MORE_AUTH_METHODS_AVAILABLE, 'No more authentication methods');
  }

  private start(next: ClientMethod): void {
    switch (next.method) {
      case 'none':
        return this.transport.send(beginUserauthRequest(this.user, 'none').finish());
      case 'password':
        return this.transport.send(beginUserauthRequest(this.user, 'password').writeBoolean(false).writeString(next.password).finish());
      case 'keyboard-interactive':
        return this.transport.send(beginUserauthRequest(this.user, next.method).writeString('').writeString('').finish());
      case 'publickey':
        this.algorithms = usableAlgorithms(next.signer, this.transport.peerExtensions.get('server-sig-algs'));
        if (this.algorithms.length === 0) return this.tryNext();
        return this.offerKey(next);
    }
  }

  /**
   * Offers the key again with its next algorithm. A server that sends no server-sig-algs may know only some of the algorithms of an RSA
   * key.
   */
  private retryWithOtherAlgorithm(): boolean {
    const { current } = this;
    if (current?.method !== 'publickey' || this.transport.peerExtensions.has('server-sig-algs')) return false;
    this.algorithms.shift();
    if (this.algorithms.length === 0) return false;
    this.offerKey(current);
    return true;
  }

  private offerKey(method: Publickey): void {
    if (method.asksFirst !== true) return this.run(() => this.signKey(method));
    return this.transport.send(this.beginKeyRequest(method, false).finish());
  }

  private beginKeyRequest({ signer, certificate }: Publickey, isSigned: boolean) {
    const algorithm = this.offeredAlgorithm(certificate !== undefined);
    return beginUserauthRequest(this.user, 'publickey')
      .writeBoolean(isSigned)
      .writeString(algorithm)
      .writeString(certificate ?? signer.publicKey.blob);
  }

  private offeredAlgorithm(isCertificate: boolean): string {
    const plain = this.algorithms[0]!;
    return isCertificate ? `${plain.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com` : plain;
  }

  private async signKey(method: Publickey): Promise<void> {
    const { signer, certificate } = method;
    const data = signedBytes(
      this.transport.sessionId,
      this.user,
      this.offeredAlgorithm(certificate !== undefined),
      certificate ?? signer.publicKey.blob,
    );
    const signature = await signWith(signer, this.algorithms[0]!, data);
    this.transport.send(this.beginKeyRequest(method, true).writeString(signature).finish());
  }

  private onMethodReply(payload: Buffer): boolean {
    const { current } = this;
    switch (current?.method) {
      case 'publickey':
        if (current.asksFirst === true) this.run(() => this.signKey(current));
        return current.asksFirst === true;
      case 'password':
        this.run(() => this.changePassword(current, payload));
        return true;
      case 'keyboard-interactive':
        this.run(async () => {
          const answers = await current.answer(decodeInfoRequest(payload));
          this.transport.send(encodeInfoResponse(answers));
        });
        return true;
      default:
        return false;
    }
  }

  private async changePassword(current: Extract<ClientMethod, { method: 'password' }>, payload: Buffer): Promise<void> {
    const newPassword = this.isPasswordChange ? undefined : await current.changePassword?.(new SshReader(payload, 1).readUtf8());
    if (newPassword === undefined) return this.tryNext();
    this.isPasswordChange = true;
    const request = beginUserauthRequest(this.user, 'password').writeBoolean(true).writeString(current.password).writeString(newPassword);
    return this.transport.send(request.finish());
  }

  /**
   * Runs a step that waits for a signer or a user. Meanwhile no packet is read, which keeps the order. An error of the step ends the
   * connection.
   */
  private run(step: () => Promise<void>): void {
    this.transport.holdInput();
    step().then(
      () => this.transport.releaseInput(),
      (error: unknown) => this.transport.fail(error),
    );
  }
}

/** Returns the algorithms that the server names (RFC 8308 §3.1); if it names none, all algorithms of the key. */
const usableAlgorithms = (signer: Signer, announced: Buffer | undefined): SignatureAlgorithm[] => {
  if (announced === undefined) return [...signer.algorithms];
  const names = announced.toString('latin1').split(',');
  return signer.algorithms.filter((name) => names.includes(name));
};
