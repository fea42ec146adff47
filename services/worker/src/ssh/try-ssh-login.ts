import { connect, type Socket } from 'node:net';
import {
  AuthenticationFailed,
  connectSsh,
  keyTypeOf,
  modernOffer,
  parsePrivateKey,
  selectCrypto,
  SshKeyError,
  type AlgorithmOffer,
  type ClientMethod,
} from '@sallyport/ssh';

/** A login to try. */
export interface LoginAttempt {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly secret: { readonly kind: 'password'; readonly password: string } | { readonly kind: 'private_key'; readonly pem: string };
  /** Keys that are pinned for the asset: their types are asked for. */
  readonly pinned: readonly { readonly algorithm: string }[];
  /** Decides about the key that the asset proved, before the secret is sent. */
  readonly checkHostKey: (key: ProvenKey) => Promise<HostKeyDecision>;
  readonly timeoutMs: number;
}

/** A host key that its asset proved to own. */
export interface ProvenKey {
  readonly algorithm: string;
  readonly blob: Buffer;
}

/** The decision about a host key; `problem` is for the operator. */
export type HostKeyDecision =
  | { readonly verdict: 'trusted' }
  | { readonly verdict: 'host_key_changed' | 'host_key_unknown'; readonly problem: string };

/** Outcome of a login. */
export type LoginOutcome = 'ok' | 'unreachable' | 'auth_failed' | 'host_key_changed' | 'host_key_unknown';

/** Outcome of a login, with a text for the operator; without secrets. */
export interface LoginResult {
  readonly outcome: LoginOutcome;
  readonly detail: string;
}

const crypto = selectCrypto();

/** Connects, checks the host key, signs in and disconnects; runs nothing. The secret is sent only to a trusted key. Throws if the key can't be judged. */
export async function trySshLogin(attempt: LoginAttempt): Promise<LoginResult> {
  const { username, address, port, timeoutMs } = attempt;
  const judge = new HostKeyJudge(attempt);
  const verifyHostKey = (key: ProvenKey): Promise<boolean> => judge.isTrusted(key);
  const socket = connect({ host: address, port, noDelay: true });
  const late = setTimeout(() => socket.destroy(new Error(`no login within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    const [methods] = await Promise.all([loginMethods(attempt), connected(socket)]);
    const connection = await connectSsh(socket, { crypto, user: username, methods, verifyHostKey, offer: offerFor(attempt), timeoutMs });
    connection.disconnect();
    return { outcome: 'ok', detail: '' };
  } catch (error) {
    return judge.refusal() ?? describeFailure(error as Error, attempt);
  } finally {
    clearTimeout(late);
    socket.destroySoon();
  }
}

/** Remembers what was decided about the host key: the connection that fails of it says less. */
class HostKeyJudge {
  private decision: HostKeyDecision | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly attempt: Pick<LoginAttempt, 'checkHostKey'>) {}

  async isTrusted(key: ProvenKey): Promise<boolean> {
    try {
      this.decision = await this.attempt.checkHostKey(key);
      return this.decision.verdict === 'trusted';
    } catch (error) {
      this.failure = { error };
      return false;
    }
  }

  /** Returns the result for a refused key; undefined for a trusted one. Throws if it could not be judged. */
  refusal(): LoginResult | undefined {
    if (this.failure) throw this.failure.error;
    if (!this.decision || this.decision.verdict === 'trusted') return undefined;
    return { outcome: this.decision.verdict, detail: this.decision.problem };
  }
}

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });

async function loginMethods({ secret }: LoginAttempt): Promise<ClientMethod[]> {
  if (secret.kind === 'private_key') return [{ method: 'publickey', signer: await parsePrivateKey(secret.pem) }];
  const { password } = secret;
  return [
    { method: 'password', password },
    { method: 'keyboard-interactive', answer: ({ prompts }) => prompts.map(({ isEchoed }) => (isEchoed ? '' : password)) },
  ];
}

/**
 * Returns the algorithms to offer. A server with several keys shows the first type that we name, so only the pinned types are named:
 * otherwise another of its keys would look like a changed one. An RSA key proves itself by two signature algorithms (RFC 8332).
 */
function offerFor({ pinned }: LoginAttempt): AlgorithmOffer {
  const modern = modernOffer(crypto);
  const types = new Set(pinned.map(({ algorithm }) => algorithm));
  const hostKey = modern.hostKey.filter((algorithm) => types.has(keyTypeOf(algorithm) ?? ''));
  return { ...modern, hostKey: hostKey.length > 0 ? hostKey : modern.hostKey };
}

function describeFailure(error: Error & { code?: string }, { username, address, port }: LoginAttempt): LoginResult {
  if (error instanceof SshKeyError) return { outcome: 'auth_failed', detail: `the account's private key can't be used: ${error.message}` };
  if (error instanceof AuthenticationFailed) return { outcome: 'auth_failed', detail: `the asset refused the secret of "${username}"` };
  const cause = error.cause instanceof Error ? error.cause : error;
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { outcome: 'unreachable', detail: `${place}: ${error.code ?? cause.message}` };
}
