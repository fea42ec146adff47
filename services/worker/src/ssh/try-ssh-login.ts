import { Client, type ConnectConfig } from 'ssh2';
import { hostKeyAlgorithms } from './host-key-algorithms.js';

/** A login to try. */
export interface LoginAttempt {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly secret: { readonly kind: 'password'; readonly password: string } | { readonly kind: 'private_key'; readonly pem: string };
  /** Keys the asset may show; any, when empty. */
  readonly pinned: readonly { readonly algorithm: string; readonly blob: Buffer }[];
  readonly timeoutMs: number;
}

/** What came of it. */
export type LoginOutcome = 'ok' | 'unreachable' | 'auth_failed' | 'host_key_changed';

/** What came of it, in words for the operator; no secret. */
export interface LoginResult {
  readonly outcome: LoginOutcome;
  readonly detail: string;
}

/** Connects, checks the host key, signs in and leaves; runs nothing. The secret is sent only after the host key was found right. */
export function trySshLogin(attempt: LoginAttempt): Promise<LoginResult> {
  const client = new Client();
  let isKeyRefused = false;
  const verifyHostKey = (shown: Buffer): boolean => {
    isKeyRefused = attempt.pinned.length > 0 && !attempt.pinned.some(({ blob }) => blob.equals(shown));
    return !isKeyRefused;
  };
  return new Promise((resolve) => {
    const finish = (result: LoginResult): void => {
      resolve(result);
      client.destroy();
    };
    // ssh2's own timeout ends with the handshake; a server that stalls during authentication must not hold the task.
    const late = setTimeout(() => finish({ outcome: 'unreachable', detail: `no login within ${attempt.timeoutMs / 1000} s` }), attempt.timeoutMs);
    client.once('close', () => clearTimeout(late));
    client.on('keyboard-interactive', (_name, _instruction, _language, prompts, answer) => answer(prompts.map(() => passwordOf(attempt))));
    client.once('ready', () => finish({ outcome: 'ok', detail: '' }));
    client.on('error', (error) => finish(isKeyRefused ? KEY_CHANGED : describeFailure(error, attempt)));
    client.once('end', () => finish({ outcome: 'unreachable', detail: 'the asset closed the connection before the login' }));
    try {
      client.connect(connectConfig(attempt, verifyHostKey));
    } catch (error) {
      // ssh2 parses the private key here.
      finish({ outcome: 'auth_failed', detail: `the account's private key can't be used: ${(error as Error).message}` });
    }
  });
}

const KEY_CHANGED: LoginResult = { outcome: 'host_key_changed', detail: 'the asset showed another host key than the pinned one; the secret was not sent' };

const passwordOf = ({ secret }: LoginAttempt): string => (secret.kind === 'password' ? secret.password : '');

function connectConfig(attempt: LoginAttempt, hostVerifier: (shown: Buffer) => boolean): ConnectConfig {
  const { address, port, username, secret, timeoutMs } = attempt;
  const isPassword = secret.kind === 'password';
  return {
    host: address,
    port,
    username,
    hostVerifier,
    readyTimeout: timeoutMs,
    tryKeyboard: isPassword,
    ...(isPassword ? { password: secret.password } : { privateKey: secret.pem }),
    algorithms: { serverHostKey: hostKeyAlgorithms(attempt.pinned.map(({ algorithm }) => algorithm)) },
  };
}

function describeFailure(error: Error & { level?: string; code?: string }, { username, address, port }: LoginAttempt): LoginResult {
  if (error.level === 'client-authentication') return { outcome: 'auth_failed', detail: `the asset refused the secret of "${username}"` };
  return { outcome: 'unreachable', detail: `${address}:${port}: ${error.code ?? error.message}` };
}
