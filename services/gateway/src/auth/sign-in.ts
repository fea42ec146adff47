import type { Clock } from '@sallyport/context';
import {
  AuthMethod,
  type AuthenticateRequest,
  type AuthenticateResponse,
  type ClientInfo,
  type FailedSignIn,
  type Identity,
  type NextStep,
} from '@sallyport/proto-gen/access/v1/authenticate';
import type { AccessPeer } from '../peers/access-peer.js';
import type { AuthAttempt, Authenticator, AuthMethodName, AuthVerdict } from '../ssh/index.js';
import { LoginTrace } from './login-trace.js';
import { SignInTrace } from './sign-in-trace.js';
import { parseLoginName, type LoginName, type LoginTarget } from './login-name.js';

/** A login: the user that has signed in, the target that the login name names, and the client. */
export interface ClientLogin {
  readonly identity: Identity;
  readonly target: LoginTarget | undefined;
  readonly client: ClientInfo;
  /** Absent in tests without traces. */
  readonly trace?: LoginTrace;
}

/** The collaborators of a sign-in, and its limit. */
export interface SignInDeps {
  access: Pick<AccessPeer, 'authenticate'>;
  clock: Clock;
  maxTries: number;
  /** Logs and counts a wrong proof or a refused login. */
  onRefused(fact: { username: string; sourceIp: string; why: string }): void;
  /** Handles a connection that ended without a sign-in, once, if its client has sent an authentication request. */
  onFailed(failure: FailedSignIn): void;
}

type Verdict = AuthVerdict<ClientLogin>;
type Proof = AuthenticateRequest['proof'];

/** A wrong proof is answered no sooner than this, so that the time does not show what core had to compute. */
const FAILURE_FLOOR_MS = 250;
/** The bound of requests without a proof (queries, unknown methods) on one connection. An agent full of keys is not an attack, a flood is. */
const MAX_REQUESTS_WITHOUT_PROOF = 30;

const METHOD_NAMES: Readonly<Partial<Record<AuthMethod, AuthMethodName>>> = {
  [AuthMethod.PUBLICKEY]: 'publickey',
  [AuthMethod.PASSWORD]: 'password',
  [AuthMethod.KEYBOARD_INTERACTIVE]: 'keyboard-interactive',
};

/**
 * The sign-in of one connection. Core decides: it names the methods that are needed and checks the proofs. This class holds the conversation
 * and its bounds. Core receives a public key only with a verified signature: a key query proves nothing.
 */
export class SignIn implements Authenticator<ClientLogin> {
  private name: LoginName | undefined;
  private step: NextStep | undefined;
  private loginName = '';
  private isSignedIn = false;
  private readonly trace = new SignInTrace();
  private readonly login = new LoginTrace();
  private failures = 0;
  private requestsWithoutProof = 0;

  constructor(
    private readonly client: ClientInfo,
    private readonly deps: SignInDeps,
  ) {}

  methods(): AuthMethodName[] {
    return (this.step?.methods ?? []).flatMap((method) => METHOD_NAMES[method] ?? []);
  }

  async attempt(loginName: string, attempt: AuthAttempt): Promise<Verdict> {
    this.begins(loginName);
    this.trace.tried(attempt);
    if (this.failures >= this.deps.maxTries || this.requestsWithoutProof > MAX_REQUESTS_WITHOUT_PROOF)
      return this.refuse('TOO_MANY_TRIES', TOO_MANY);
    if (this.name?.kind === 'invalid') return this.refuse('INVALID_LOGIN_NAME', this.name.message);
    if (!this.step) {
      const verdict = await this.begin(this.username);
      if (verdict) return verdict;
    }
    return this.check(attempt);
  }

  unproven(loginName: string, fingerprint: string, why: string): void {
    this.begins(loginName);
    this.trace.refusedKey(fingerprint);
    this.failures += 1;
    this.logRefusal(`publickey ${fingerprint}: ${why}`);
  }

  closed(why: string): void {
    this.login.end(true);
    if (!this.name || this.isSignedIn) return;
    const username = this.name.kind === 'invalid' ? this.loginName : this.name.username;
    this.deps.onFailed(this.trace.report(username, this.client, why, new Date(this.deps.clock.now())));
  }

  private begins(loginName: string): void {
    this.loginName ||= loginName;
    this.name ??= parseLoginName(loginName);
  }

  private check(attempt: AuthAttempt): Verdict | Promise<Verdict> {
    switch (attempt.method) {
      case 'none':
        return this.onNoProof();
      case 'publickey-query':
        return this.isAcceptable(attempt.fingerprint) ? { kind: 'key-acceptable' } : this.onNoProof();
      case 'publickey':
        return this.checkSignature(attempt);
      case 'password':
        return this.prove({ $case: 'password', value: attempt.password });
      case 'keyboard-interactive':
        return this.answerPrompts(attempt);
    }
  }

  private checkSignature({ fingerprint, proven }: AuthAttempt & { method: 'publickey' }): Verdict | Promise<Verdict> {
    if (!this.isAcceptable(fingerprint)) return this.failed('publickey');
    return this.prove({ $case: 'publicKey', value: { blob: proven.key.blob } });
  }

  private isAcceptable(fingerprint: string): boolean {
    return this.step?.acceptableKeys.includes(fingerprint) === true;
  }

  /** Exchanges prompts and answers until core asks for nothing more. */
  private async answerPrompts(attempt: AuthAttempt & { method: 'keyboard-interactive' }): Promise<Verdict> {
    let answers: string[] = [];
    for (;;) {
      const response = await this.sendProof({ $case: 'answers', value: { answers } });
      const step = response?.outcome?.$case === 'next' ? response.outcome.value : undefined;
      if (!step || step.proofFailed || step.partialSuccess || step.prompts.length === 0) return this.conclude(response);
      this.step = step;
      answers = await this.ask(attempt, step);
    }
  }

  /** Asks the client. A dialog that it abandons is not a wrong proof, but counts as a request without one. */
  private async ask(attempt: AuthAttempt & { method: 'keyboard-interactive' }, { instruction, prompts }: NextStep): Promise<string[]> {
    try {
      return await attempt.ask(instruction, prompts);
    } catch (error) {
      this.requestsWithoutProof += 1;
      throw error;
    }
  }

  private async prove(proof: Proof): Promise<Verdict> {
    return this.conclude(await this.sendProof(proof));
  }

  private conclude(response: AuthenticateResponse | undefined): Verdict {
    const outcome = response?.outcome;
    if (!outcome) return this.refuse('CORE_AWAY', CORE_UNAVAILABLE);
    switch (outcome.$case) {
      case 'granted':
        this.isSignedIn = true;
        this.login.end(false);
        return {
          kind: 'signed-in',
          identity: { identity: outcome.value, target: this.target, client: this.client, trace: this.login },
        };
      case 'refused':
        return this.refuse(outcome.value.code, outcome.value.message);
      case 'next':
        this.step = outcome.value;
        return outcome.value.proofFailed ? this.failed('proof') : this.methodsLeft(outcome.value.partialSuccess);
    }
  }

  /** Asks core which methods are needed. Returns a verdict if the sign-in ends here. Core may not grant it: nothing was proven yet. */
  private async begin(username: string): Promise<Verdict | undefined> {
    const outcome = (await this.call({ username, client: this.client, continuation: Buffer.alloc(0), proof: undefined }))?.outcome;
    if (outcome?.$case === 'refused') return this.refuse(outcome.value.code, outcome.value.message);
    if (outcome?.$case !== 'next') return this.refuse('CORE_AWAY', CORE_UNAVAILABLE);
    this.step = outcome.value;
    return undefined;
  }

  /** Sends core a proof. Returns the answer to a wrong one no sooner than the floor. */
  private async sendProof(proof: Proof): Promise<AuthenticateResponse | undefined> {
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

  /** Returns core's answer, undefined if there is none. */
  private async call(request: AuthenticateRequest): Promise<AuthenticateResponse | undefined> {
    try {
      return await this.login.within(() => this.deps.access.authenticate(request));
    } catch (error) {
      this.logRefusal(`core did not answer: ${(error as Error).message}`);
      return undefined;
    }
  }

  private onNoProof(): Verdict {
    this.requestsWithoutProof += 1;
    if (this.requestsWithoutProof > MAX_REQUESTS_WITHOUT_PROOF) return this.refuse('TOO_MANY_REQUESTS', TOO_MANY);
    return this.methodsLeft();
  }

  private failed(what: string): Verdict {
    this.failures += 1;
    this.logRefusal(`${what} failed`);
    return this.failures >= this.deps.maxTries ? this.refuse('TOO_MANY_TRIES', TOO_MANY) : this.methodsLeft();
  }

  /** Returns the methods that may continue. `partialSuccess` is true only in the answer to a request that succeeded (RFC 4252 §5.1). */
  private methodsLeft(partialSuccess = false): Verdict {
    return { kind: 'failed', methods: this.methods(), partialSuccess };
  }

  private refuse(code: string, message: string): Verdict {
    this.trace.refused(code);
    this.logRefusal(code);
    return { kind: 'refused', message };
  }

  private logRefusal(why: string): void {
    this.deps.onRefused({ username: this.username, sourceIp: this.client.sourceIp, why });
  }

  private get username(): string {
    return this.name && this.name.kind !== 'invalid' ? this.name.username : '';
  }

  private get target(): LoginTarget | undefined {
    return this.name?.kind === 'target' ? this.name.target : undefined;
  }
}

const CORE_UNAVAILABLE = "Sallyport can't check your login right now. Try again in a minute.";
const TOO_MANY = 'Too many attempts on this connection.';
