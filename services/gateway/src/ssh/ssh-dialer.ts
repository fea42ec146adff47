import type { SshConnection } from './ssh-connection.js';

export interface DialTarget {
  host: string;
  port: number;
  /** Key types to prefer, because keys of these types are pinned. */
  preferredHostKeys: readonly string[];
  signal: AbortSignal;
}

/** What logs in. Never logged. */
export interface LoginCredential {
  username: string;
  secret: { kind: 'password'; password: string } | { kind: 'private-key'; pem: string };
}

/** A connection whose key exchange is done: the server has proven that it holds `hostKey`. Nothing was said about who we are. */
export interface SshHandshake {
  readonly hostKey: { algorithm: string; blob: Buffer };
  /** Logs in; rejects with LoginRejected or SshConnectionClosed. */
  authenticate(credential: LoginCredential): Promise<SshConnection>;
  /** Closes it without a login. */
  abandon(): void;
}

/** Dials SSH servers, in two steps so that a host key can be judged before a credential leaves. */
export interface SshDialer {
  /** Rejects with DialFailed. */
  handshake(target: DialTarget): Promise<SshHandshake>;
}
