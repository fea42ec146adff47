import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import { AuthenticationFailed, connectSsh, type ClientMethod, type PresentedHostKey } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';
import { engineClock } from './engine-clock.js';
import { keepConnectionAlive } from './keepalive.js';
import { loginMethods } from './login-methods.js';
import { assetOffer, SOFTWARE } from './offers.js';
import { openSocket, socketProblem } from './open-socket.js';
import { plainAddress } from './peer-facts.js';
import { SshConnection } from './ssh-connection.js';
import type { DialTarget, HostKeyCheck, LoginCredential, SshDialer } from './ssh-dialer.js';
import { DialFailed, KeyUnusable, LoginRejected } from './ssh.errors.js';

/** The time limits of the steps of a dial. */
export interface SshDialerOptions {
  clock: Clock;
  /** From the connect to the proven host key. */
  timeoutMs: number;
  /** From the accepted host key to the login. */
  loginMs: number;
  /** The interval of keepalives. */
  keepaliveMs: number;
}

/** Creates a dialer on the engine. */
export function createSshDialer(options: SshDialerOptions): SshDialer {
  return { dial: (target, credential, checkHostKey) => new Dial(target, credential, checkHostKey, options).run() };
}

/** One dial: connect, host key, login, each with its own time limit. */
class Dial {
  private readonly stop = new AbortController();
  private step: 'connect' | 'host-key' | 'login' = 'connect';
  /** The error to report; undefined while the dial may go on. */
  private problem: Error | undefined;
  private accepted: Buffer | undefined;
  private timer: { cancel(): void } | undefined;

  constructor(
    private readonly target: DialTarget,
    private readonly credential: LoginCredential,
    private readonly checkHostKey: HostKeyCheck,
    private readonly options: SshDialerOptions,
  ) {}

  async run(): Promise<SshConnection> {
    const { timeoutMs } = this.options;
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
      clock: engineClock(this.options.clock),
      timeoutMs: ENGINE_TIMEOUT_MS,
      verifyHostKey: (presented) => this.verify(presented),
      banner: (text) => this.target.onBanner?.(text),
    });
    signal.removeEventListener('abort', onAbort);
    // The asset may have disconnected right behind USERAUTH_SUCCESS, before the handler is set.
    if (inner.transport.hasEnded) throw new Error('it disconnected at once');
    keepConnectionAlive(inner, this.options.keepaliveMs);
    const connection = new SshConnection(inner, socket, plainAddress(socket.remoteAddress));
    inner.setHandler(connection.handler());
    return connection;
  }

  /** Checks the host key. At each key re-exchange it must be the key that was accepted. */
  private async verify({ key, blob }: PresentedHostKey): Promise<boolean> {
    if (this.accepted) return this.accepted.equals(blob);
    this.timer?.cancel();
    this.step = 'host-key';
    try {
      await this.checkHostKey({ algorithm: key.type, blob });
    } catch (error) {
      this.problem = error as Error;
      return false;
    }
    const { loginMs } = this.options;
    this.deadline(loginMs, () => new DialFailed(`The asset did not answer the login within ${loginMs / 1000} s`, this.where));
    this.step = 'login';
    this.accepted = Buffer.from(blob);
    return true;
  }

  private deadline(ms: number, problem: () => Error): void {
    this.timer = this.options.clock.timeout(ms, () => {
      this.problem = problem();
      this.stop.abort();
    });
  }

  private explain(error: Error): Error {
    if (error instanceof AuthenticationFailed) return this.rejected(error);
    if (error instanceof KeyUnusable) return error;
    if (this.step === 'connect') return this.unreachable(socketProblem(error), error);
    return this.unreachable(`it closed the connection during the login: ${error.message}`, error);
  }

  private rejected(cause: AuthenticationFailed): LoginRejected {
    const { username, secret } = this.credential;
    const kind = secret.kind === 'password' ? 'password' : 'private key';
    return new LoginRejected(`The asset did not accept the ${kind} of account "${username}"`, {
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

/** The engine's own limit. The limits of the steps are shorter. */
const ENGINE_TIMEOUT_MS = 24 * 60 * 60 * 1000;
