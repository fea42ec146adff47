import {
  DisconnectReason,
  fingerprint,
  type Attempt,
  type KeyQuery,
  type ServerAuthenticator,
  type ServerHandshake,
  type Verdict,
} from '@sallyport/ssh';
import type { AuthAttempt, Authenticator, AuthVerdict } from './authenticator.js';

/** The engine's questions about one connection, put to the gate's own authenticator. */
export class GateAuthenticator<Identity> implements ServerAuthenticator {
  /** Who has signed in, once somebody has. */
  identity: Identity | undefined;
  private authenticator: Authenticator<Identity> | undefined;

  constructor(
    private readonly handshake: ServerHandshake,
    /** Called at the first request, when the client has said what software it is. */
    private readonly make: () => Authenticator<Identity>,
  ) {}

  methods(): readonly string[] {
    return this.desk.methods();
  }

  async acceptsKey({ user, key }: KeyQuery): Promise<boolean> {
    // A certificate would need a CA that is trusted to make it; its bare key proves nothing of its limits.
    if (key.kind === 'certificate') return false;
    const verdict = await this.desk.attempt(user, { method: 'publickey-query', fingerprint: fingerprint(key) });
    if (verdict.kind === 'refused') this.turnAway(verdict.words);
    return verdict.kind === 'key-acceptable';
  }

  signatureRefused({ user, key }: KeyQuery, reason: string): void {
    this.desk.unproven(user, fingerprint(key), reason);
  }

  async decide(attempt: Attempt): Promise<Verdict> {
    const asked = toAuthAttempt(attempt);
    return asked ? this.answer(await this.desk.attempt(attempt.user, asked)) : { kind: 'failure', methods: this.methods() };
  }

  private get desk(): Authenticator<Identity> {
    this.authenticator ??= this.make();
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
        this.turnAway(verdict.words);
        return { kind: 'failure', methods: [] };
    }
  }

  /** Clients show the banner to a person, and the disconnect's text only sometimes. */
  private turnAway(words: string): void {
    this.handshake.banner(`${words}\r\n`);
    this.handshake.transport.disconnect(DisconnectReason.NO_MORE_AUTH_METHODS_AVAILABLE, words);
  }
}

/** Undefined for what is never granted: certificates, and changes of a password by SSH. */
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
        ask: (instruction, prompts) => attempt.ask({ instruction, prompts: prompts.map(({ text, echo }) => ({ text, isEchoed: echo })) }),
      };
  }
}
