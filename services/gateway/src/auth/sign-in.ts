import type { Clock } from '@sallyport/context';
import {
  AuthMethod,
  type AuthenticateRequest,
  type AuthenticateResponse,
  type ClientInfo,
  type Identity,
  type NextStep,
} from '@sallyport/proto-gen/access/v1/authenticate';
import type { AccessPeer } from '../peers/access-peer.js';
import type { AuthAttempt, Authenticator, AuthMethodName, AuthVerdict } from '../ssh/index.js';
import { parseLoginName, type LoginName, type LoginTarget } from './login-name.js';

/** Who has signed in, and what for. */
export interface ClientLogin {
  readonly identity: Identity;
  readonly target: LoginTarget | undefined;
  readonly client: ClientInfo;
}

/** What a sign-in needs beside its client. */
export interface SignInDeps {
  access: Pick<AccessPeer, 'authenticate'>;
  clock: Clock;
  maxTries: number;
  /** A proof was wrong, or the attempt is over. For log and metrics. */
  onRefused(fact: { username: string; sourceIp: string; why: string }): void;
}

type Verdict = AuthVerdict<ClientLogin>;
type Proof = AuthenticateRequest['proof'];

/** A wrong proof is answered no sooner than this after it came, so that what core had to compute does not show. */
const FAILURE_FLOOR_MS = 250;
/** Requests that prove nothing (queries, unknown methods) on one connection: an agent full of keys is no attack, a flood is. */
const MAX_IDLE_REQUESTS = 30;

const METHOD_NAMES: Readonly<Partial<Record<AuthMethod, AuthMethodName>>> = {
  [AuthMethod.PUBLICKEY]: 'publickey',
  [AuthMethod.PASSWORD]: 'password',
  [AuthMethod.KEYBOARD_INTERACTIVE]: 'keyboard-interactive',
};

/**
 * Sign-in of one connection. Core says what is needed, takes what was proven, and decides; what is here is the conversation and
 * its bounds. Only a verified signature is told to core: a key query proves nothing, whatever follows it.
 */
export class SignIn implements Authenticator<ClientLogin> {
  private name: LoginName | undefined;
  private step: NextStep | undefined;
  private failures = 0;
  private idleRequests = 0;

  constructor(
    private readonly client: ClientInfo,
    private readonly deps: SignInDeps,
  ) {}

  methods(): AuthMethodName[] {
    return (this.step?.methods ?? []).flatMap((method) => METHOD_NAMES[method] ?? []);
  }

  async attempt(loginName: string, attempt: AuthAttempt): Promise<Verdict> {
    this.name ??= parseLoginName(loginName);
    if (this.failures >= this.deps.maxTries) return this.refuse('TOO_MANY_TRIES', TOO_MANY);
    if (this.name.kind === 'invalid') return this.refuse('INVALID_LOGIN_NAME', this.name.words);
    if (!this.step) {
      const verdict = await this.begin(this.name.username);
      if (verdict) return verdict;
    }
    return this.judge(attempt);
  }

  unproven(loginName: string, fingerprint: string, why: string): void {
    this.name ??= parseLoginName(loginName);
    this.failures += 1;
    this.note(`publickey ${fingerprint}: ${why}`);
  }

  private judge(attempt: AuthAttempt): Verdict | Promise<Verdict> {
    switch (attempt.method) {
      case 'none':
        return this.idle();
      case 'publickey-query':
        return this.isAcceptable(attempt.fingerprint) ? { kind: 'key-acceptable' } : this.idle();
      case 'publickey':
        return this.judgeSignature(attempt);
      case 'password':
        return this.prove({ $case: 'password', value: attempt.password });
      case 'keyboard-interactive':
        return this.converse(attempt);
    }
  }

  private judgeSignature({ fingerprint, proven }: AuthAttempt & { method: 'publickey' }): Verdict | Promise<Verdict> {
    if (!this.isAcceptable(fingerprint)) return this.failed('publickey');
    return this.prove({ $case: 'publicKey', value: { blob: proven.key.blob } });
  }

  private isAcceptable(fingerprint: string): boolean {
    return this.step?.acceptableKeys.includes(fingerprint) === true;
  }

  /** Prompts and answers until core has no further question. */
  private async converse(attempt: AuthAttempt & { method: 'keyboard-interactive' }): Promise<Verdict> {
    let answers: string[] = [];
    for (;;) {
      const response = await this.tell({ $case: 'answers', value: { answers } });
      const step = response?.outcome?.$case === 'next' ? response.outcome.value : undefined;
      if (!step || step.proofFailed || step.partialSuccess || step.prompts.length === 0) return this.conclude(response);
      this.step = step;
      answers = await attempt.ask(step.instruction, step.prompts);
    }
  }

  private async prove(proof: Proof): Promise<Verdict> {
    return this.conclude(await this.tell(proof));
  }

  private conclude(response: AuthenticateResponse | undefined): Verdict {
    const outcome = response?.outcome;
    if (!outcome) return this.refuse('CORE_AWAY', CORE_AWAY);
    switch (outcome.$case) {
      case 'granted':
        return { kind: 'signed-in', identity: { identity: outcome.value, target: this.target, client: this.client } };
      case 'refused':
        return this.refuse(outcome.value.code, outcome.value.message);
      case 'next':
        this.step = outcome.value;
        return outcome.value.proofFailed ? this.failed('proof') : this.methodsLeft(outcome.value.partialSuccess);
    }
  }

  /** Asks what is needed; a verdict when it ends here. Nothing was proven yet, so nothing may be granted. */
  private async begin(username: string): Promise<Verdict | undefined> {
    const outcome = (await this.call({ username, client: this.client, continuation: Buffer.alloc(0), proof: undefined }))?.outcome;
    if (outcome?.$case === 'refused') return this.refuse(outcome.value.code, outcome.value.message);
    if (outcome?.$case !== 'next') return this.refuse('CORE_AWAY', CORE_AWAY);
    this.step = outcome.value;
    return undefined;
  }

  /** Tells core what was proven. That it was wrong is said no sooner than the floor. */
  private async tell(proof: Proof): Promise<AuthenticateResponse | undefined> {
    const startedAt = this.deps.clock.monotonic();
    const response = await this.call({
      username: this.username,
      client: this.client,
      continuation: this.step?.continuation ?? Buffer.alloc(0),
      proof,
    });
    const isWrong = response?.outcome?.$case === 'refused' || (response?.outcome?.$case === 'next' && response.outcome.value.proofFailed);
    const leftMs = FAILURE_FLOOR_MS - (this.deps.clock.monotonic() - startedAt);
    if (isWrong && leftMs > 0) await this.deps.clock.sleep(leftMs);
    return response;
  }

  /** Core's answer; undefined when it gave none. */
  private async call(request: AuthenticateRequest): Promise<AuthenticateResponse | undefined> {
    try {
      return await this.deps.access.authenticate(request);
    } catch (error) {
      this.note(`core did not answer: ${(error as Error).message}`);
      return undefined;
    }
  }

  private idle(): Verdict {
    this.idleRequests += 1;
    if (this.idleRequests > MAX_IDLE_REQUESTS) return this.refuse('TOO_MANY_REQUESTS', TOO_MANY);
    return this.methodsLeft();
  }

  private failed(what: string): Verdict {
    this.failures += 1;
    this.note(`${what} failed`);
    return this.failures >= this.deps.maxTries ? this.refuse('TOO_MANY_TRIES', TOO_MANY) : this.methodsLeft();
  }

  /** `partialSuccess` belongs to the request that succeeded alone, RFC 4252 §5.1. */
  private methodsLeft(partialSuccess = false): Verdict {
    return { kind: 'failed', methods: this.methods(), partialSuccess };
  }

  private refuse(code: string, words: string): Verdict {
    this.note(code);
    return { kind: 'refused', words };
  }

  private note(why: string): void {
    this.deps.onRefused({ username: this.username, sourceIp: this.client.sourceIp, why });
  }

  private get username(): string {
    return this.name && this.name.kind !== 'invalid' ? this.name.username : '';
  }

  private get target(): LoginTarget | undefined {
    return this.name?.kind === 'target' ? this.name.target : undefined;
  }
}

const CORE_AWAY = "Sallyport can't check who you are right now. Try again in a minute.";
const TOO_MANY = 'Too many attempts on this connection.';
