import { printableLine, printableLines } from '@sallyport/context';
import {
  DisconnectReason,
  fingerprint,
  type Attempt,
  type KeyQuery,
  type ServerAuthenticator,
  type ServerHandshake,
  type SshKeyError,
  type UnusableKey,
  type Verdict,
} from '@sallyport/ssh';
import { shownText } from './shown-text.js';
import type { AuthAttempt, Authenticator, AuthVerdict } from './authenticator.js';

/** Answers the engine's authentication requests of one connection with the gateway's own authenticator. */
export class EngineAuthenticator<Identity> implements ServerAuthenticator {
  /** The identity that has signed in; undefined before. */
  identity: Identity | undefined;
  /** True once the client has failed to prove something. */
  hasFailed = false;
  /** True once the gateway has refused the client for a reason of its own. */
  hasBeenRefused = false;
  private authenticator: Authenticator<Identity> | undefined;
  private hasExplainedKey = false;

  constructor(
    private readonly handshake: ServerHandshake,
    /** Called at the first request, when the client's software is known. */
    private readonly create: () => Authenticator<Identity>,
    /** Resolves to a refusal, for the user to read, if this connection may not be had by an identity that is proven. */
    private readonly admit: (identity: Identity) => Promise<string | undefined>,
  ) {}

  methods(): readonly string[] {
    return this.gateway.methods();
  }

  async acceptsKey({ user, key }: KeyQuery): Promise<boolean> {
    // A certificate needs a trusted CA; its bare key does not prove its limits.
    if (key.kind === 'certificate') return false;
    const verdict = await this.gateway.attempt(user, { method: 'publickey-query', fingerprint: fingerprint(key) });
    if (verdict.kind === 'refused') this.disconnect(verdict.message);
    return verdict.kind === 'key-acceptable';
  }

  signatureRefused({ user, key }: KeyQuery, reason: string): void {
    this.hasFailed = true;
    this.gateway.unproven(user, fingerprint(key), reason);
  }

  /** Shows the user, once, why a key is never accepted: a client shows only that it was refused. */
  keyRefused({ user, algorithm, isSigned }: UnusableKey, { problem, message }: SshKeyError): void {
    if (isSigned) {
      this.hasFailed = true;
      this.gateway.unproven(user, algorithm, message);
    }
    if (problem !== 'unsupported' || this.hasExplainedKey) return;
    this.hasExplainedKey = true;
    this.handshake.banner(`A key was refused: ${message}.\r\n`);
  }

  async decide(attempt: Attempt): Promise<Verdict> {
    const asked = toAuthAttempt(attempt);
    return asked
      ? this.answer(await this.gateway.attempt(attempt.user, asked), attempt.method !== 'none')
      : { kind: 'failure', methods: this.methods() };
  }

  /** Handles the end of the connection before a sign-in. */
  closed(why: string): void {
    this.authenticator?.closed(why);
  }

  private get gateway(): Authenticator<Identity> {
    this.authenticator ??= this.create();
    return this.authenticator;
  }

  private async answer(verdict: AuthVerdict<Identity>, isProof: boolean): Promise<Verdict> {
    switch (verdict.kind) {
      case 'signed-in':
        return this.signIn(verdict.identity);
      case 'failed':
        this.hasFailed ||= isProof && !verdict.partialSuccess;
        return { kind: verdict.partialSuccess ? 'partial' : 'failure', methods: verdict.methods };
      case 'key-acceptable':
        return { kind: 'failure', methods: this.methods() };
      case 'refused':
        this.disconnect(verdict.message);
        return { kind: 'failure', methods: [] };
    }
  }

  private async signIn(identity: Identity): Promise<Verdict> {
    const refusal = await this.admit(identity);
    if (refusal === undefined) {
      this.identity = identity;
      return { kind: 'success' };
    }
    this.hasFailed = false;
    this.disconnect(refusal);
    return { kind: 'failure', methods: [] };
  }

  /** Sends the message as a banner too, which clients show to users. They show the text of a DISCONNECT only sometimes. */
  private disconnect(message: string): void {
    this.hasBeenRefused = true;
    this.handshake.banner(shownText(`${message}\n`, '\r\n').toString());
    this.handshake.transport.disconnect(DisconnectReason.NO_MORE_AUTH_METHODS_AVAILABLE, printableLine(message));
  }
}

/** Returns undefined for attempts that are never granted: certificates, and password changes by SSH. */
function toAuthAttempt(attempt: Attempt): AuthAttempt | undefined {
  switch (attempt.method) {
    case 'none':
      return { method: 'none' };
    case 'password':
      return attempt.newPassword === undefined ? { method: 'password', password: attempt.password } : undefined;
    case 'publickey':
      return attempt.proven.key.kind === 'certificate'
        ? undefined
        : { method: 'publickey', fingerprint: fingerprint(attempt.proven.key), proven: attempt.proven };
    case 'keyboard-interactive':
      return {
        method: 'keyboard-interactive',
        ask: (instruction, prompts) =>
          attempt.ask({
            instruction: printableLines(instruction),
            prompts: prompts.map(({ text, echo }) => ({ text: printableLine(text), isEchoed: echo })),
          }),
      };
  }
}
