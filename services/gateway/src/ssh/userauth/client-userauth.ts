import type { LoginCredential } from '../ssh-dialer.js';
import { LoginRejected } from '../ssh.errors.js';
import { parseSigningKey, type SigningKey } from '../engine/private-key.js';
import { Message, ProtocolViolation, SshReader, SshWriter } from '../wire/index.js';

/** What the client's authentication layer needs of its connection. */
export interface LoginHost {
  readonly sessionId: Buffer;
  readonly peerSignatureAlgorithms: readonly string[];
  send(payload: Buffer): void;
  succeeded(): void;
  failed(error: Error): void;
}

const SERVICE = 'ssh-connection';

/** The client's half of RFC 4252: one credential, tried once; a password also by keyboard-interactive where the server wants it so. */
export class ClientUserauth {
  private method: 'publickey' | 'password' | 'keyboard-interactive' | undefined;
  private hasAnswered = false;

  constructor(
    private readonly host: LoginHost,
    private readonly credential: LoginCredential,
  ) {}

  start(): void {
    this.host.send(new SshWriter().byte(Message.SERVICE_REQUEST).string('ssh-userauth').finish());
  }

  onMessage(type: number, payload: Buffer): void {
    switch (type) {
      case Message.SERVICE_ACCEPT:
        return this.tryCredential();
      case Message.USERAUTH_SUCCESS:
        return this.host.succeeded();
      case Message.USERAUTH_FAILURE:
        return this.onFailure(new SshReader(payload, 1).readNames());
      case Message.USERAUTH_BANNER:
        return;
      case Message.USERAUTH_60:
        return this.onQuestion(payload);
      default:
        throw new ProtocolViolation(`Message ${type} is not allowed before authentication`);
    }
  }

  private tryCredential(): void {
    const { secret } = this.credential;
    if (secret.kind === 'private-key') return this.sendSignature(parseSigningKey(secret.pem));
    this.method = 'password';
    this.host.send(this.request('password').boolean(false).string(secret.password).finish());
  }

  private onFailure(methods: string[]): void {
    const wantsDialogue = this.method === 'password' && methods.includes('keyboard-interactive') && !methods.includes('password');
    if (!wantsDialogue) return this.reject(methods);
    this.method = 'keyboard-interactive';
    this.host.send(this.request('keyboard-interactive').string('').string('').finish());
  }

  /** Answers one hidden question with the password, once; a second one means that it was wrong or that more is wanted. */
  private onQuestion(payload: Buffer): void {
    const { secret } = this.credential;
    if (this.method !== 'keyboard-interactive' || secret.kind !== 'password') return this.reject([]);
    const reader = new SshReader(payload, 1);
    for (let skipped = 0; skipped < 3; skipped += 1) reader.readString(); // name, instruction, language
    const count = reader.readUint32();
    if (count > 1 || (count === 1 && this.hasAnswered)) return this.reject([]);
    this.hasAnswered ||= count === 1;
    const response = new SshWriter().byte(Message.USERAUTH_INFO_RESPONSE).uint32(count);
    if (count === 1) response.string(secret.password);
    this.host.send(response.finish());
  }

  private sendSignature(key: SigningKey): void {
    this.method = 'publickey';
    const algorithm = this.algorithmFor(key.type);
    const request = this.request('publickey').boolean(true).string(algorithm).string(key.blob).finish();
    const signedData = new SshWriter().string(this.host.sessionId).bytes(request).finish();
    this.host.send(new SshWriter().bytes(request).string(key.sign(signedData, algorithm)).finish());
  }

  private algorithmFor(keyType: string): string {
    if (keyType !== 'ssh-rsa') return keyType;
    return this.host.peerSignatureAlgorithms.includes('rsa-sha2-512') ? 'rsa-sha2-512' : 'rsa-sha2-256';
  }

  private request(method: string): SshWriter {
    return new SshWriter().byte(Message.USERAUTH_REQUEST).string(this.credential.username).string(SERVICE).string(method);
  }

  private reject(methods: readonly string[]): void {
    const { username, secret } = this.credential;
    const what = secret.kind === 'password' ? 'password' : 'private key';
    this.host.failed(new LoginRejected(`The asset did not accept the ${what} of account "${username}"`, { account: username, offered: methods.join(',') }));
  }
}
