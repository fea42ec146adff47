import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import { AuthenticationFailed, connectSsh, type ClientMethod, type PresentedHostKey } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';
import { engineClock } from './engine-clock.js';
import { watchLife } from './keepalive.js';
import { loginMethods } from './login-methods.js';
import { assetOffer, SOFTWARE } from './offers.js';
import { openSocket, socketProblem } from './open-socket.js';
import { plainAddress } from './peer-facts.js';
import { SshConnection } from './ssh-connection.js';
import type { DialTarget, HostKeyJudge, LoginCredential, SshDialer } from './ssh-dialer.js';
import { DialFailed, KeyUnusable, LoginRejected } from './ssh.errors.js';

/** How long each step may take. */
export interface SshDialerOptions {
  clock: Clock;
  /** From the first packet to the proven host key. */
  timeoutMs: number;
  /** From the judged host key to the login. */
  loginMs: number;
}

/** A dialer on the engine. */
export function createSshDialer(limits: SshDialerOptions): SshDialer {
  return { dial: (target, credential, judge) => new Dial(target, credential, judge, limits).run() };
}

/** One dial: connecting, the host key, the login; each with its own time. */
class Dial {
  private readonly stop = new AbortController();
  private step: 'connecting' | 'judging' | 'login' = 'connecting';
  /** Why it was given up, in the words to tell. */
  private problem: Error | undefined;
  private accepted: Buffer | undefined;
  private timer: { cancel(): void } | undefined;

  constructor(
    private readonly target: DialTarget,
    private readonly credential: LoginCredential,
    private readonly judge: HostKeyJudge,
    private readonly limits: SshDialerOptions,
  ) {}

  async run(): Promise<SshConnection> {
    const { timeoutMs } = this.limits;
    this.deadline(timeoutMs, () => this.unreachable(`no answer within ${timeoutMs / 1000} s`));
    const signal = AbortSignal.any([this.target.signal, this.stop.signal]);
    try {
      const methods = await loginMethods(this.credential);
      return await this.connect(await openSocket({ ...this.target, signal }), methods, signal);
    } catch (error) {
      throw this.problem ?? this.explain(error as Error);
    } finally {
      this.timer?.cancel();
    }
  }

  private async connect(socket: Socket, methods: ClientMethod[], signal: AbortSignal): Promise<SshConnection> {
    const onAbort = (): void => void socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const inner = await connectSsh(socket, {
      crypto: engineCrypto,
      user: this.credential.username,
      methods,
      software: SOFTWARE,
      offer: assetOffer(this.target.preferredHostKeys),
      clock: engineClock(this.limits.clock),
      timeoutMs: FOR_EVER_MS,
      verifyHostKey: (presented) => this.verify(presented),
    });
    signal.removeEventListener('abort', onAbort);
    // It may have hung up in the very packet behind its yes, when nobody listened yet.
    if (inner.transport.hasEnded) throw new Error('it hung up at once');
    watchLife(inner);
    const connection = new SshConnection(inner, socket, plainAddress(socket.remoteAddress));
    inner.setHandler(connection.handler());
    return connection;
  }

  /** Asked again whenever keys are renewed: then it must be the key that was judged. */
  private async verify({ key, blob }: PresentedHostKey): Promise<boolean> {
    if (this.accepted) return this.accepted.equals(blob);
    this.timer?.cancel();
    this.step = 'judging';
    try {
      await this.judge({ algorithm: key.type, blob });
    } catch (error) {
      this.problem = error as Error;
      return false;
    }
    const { loginMs } = this.limits;
    this.deadline(loginMs, () => new DialFailed(`The asset did not answer the login within ${loginMs / 1000} s`, this.where));
    this.step = 'login';
    this.accepted = Buffer.from(blob);
    return true;
  }

  private deadline(ms: number, problem: () => Error): void {
    this.timer = this.limits.clock.timeout(ms, () => {
      this.problem = problem();
      this.stop.abort();
    });
  }

  private explain(error: Error): Error {
    if (error instanceof AuthenticationFailed) return this.rejected(error);
    if (error instanceof KeyUnusable) return error;
    if (this.step === 'connecting') return this.unreachable(socketProblem(error), error);
    return this.unreachable(`it closed the connection during the login: ${error.message}`, error);
  }

  private rejected(cause: AuthenticationFailed): LoginRejected {
    const { username, secret } = this.credential;
    const what = secret.kind === 'password' ? 'password' : 'private key';
    return new LoginRejected(`The asset did not accept the ${what} of account "${username}"`, {
      account: username,
      offered: cause.serverMethods.join(','),
    });
  }

  private unreachable(why: string, cause?: Error): DialFailed {
    return new DialFailed(`The asset can't be reached: ${why}`, this.where, { cause });
  }

  private get where(): { host: string; port: number } {
    return { host: this.target.host, port: this.target.port };
  }
}

/** The engine's own limit; ours, one for each step, are shorter. */
const FOR_EVER_MS = 24 * 60 * 60 * 1000;
