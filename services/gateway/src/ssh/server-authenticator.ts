import { printableLine, printableLines } from '@sallyport/context';
import {
  DisconnectReason,
  fingerprint,
  type Attempt,
  type KeyQuery,
  type ServerAuthenticator,
  type ServerHandshake,
  type Verdict,
} from '@sallyport/ssh';
import { shownText } from './shown-text.js';
import type { AuthAttempt, Authenticator, AuthVerdict } from './authenticator.js';

/** Answers the engine's authentication requests of one connection with the gateway's own authenticator. */
export class EngineAuthenticator<Identity> implements ServerAuthenticator {
  /** The identity that has signed in; undefined before. */
  identity: Identity | undefined;
  private authenticator: Authenticator<Identity> | undefined;

  constructor(
    private readonly handshake: ServerHandshake,
    /** Called at the first request, when the client's software is known. */
    private readonly create: () => Authenticator<Identity>,
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
    this.gateway.unproven(user, fingerprint(key), reason);
  }

  async decide(attempt: Attempt): Promise<Verdict> {
    const asked = toAuthAttempt(attempt);
    return asked ? this.answer(await this.gateway.attempt(attempt.user, asked)) : { kind: 'failure', methods: this.methods() };
  }

  private get gateway(): Authenticator<Identity> {
    this.authenticator ??= this.create();
    return this.authenticator;
  }

  private answer(verdict: AuthVerdict<Identity>): Verdict {
    switch (verdict.kind) {
      case 'signed-in':
        this.identity = verdict.identity;
        return { kind: 'success' };
      case 'failed':
        return { kind: verdict.partialSuccess ? 'partial' : 'failure', methods: verdict.methods };
      case 'key-acceptable':
        return { kind: 'failure', methods: this.methods() };
      case 'refused':
        this.disconnect(verdict.message);
        return { kind: 'failure', methods: [] };
    }
  }

  /** Sends the message as a banner too, which clients show to users. They show the text of a DISCONNECT only sometimes. */
  private disconnect(message: string): void {
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
