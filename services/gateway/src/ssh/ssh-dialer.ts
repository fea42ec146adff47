import type { SshConnection } from './ssh-connection.js';

export interface DialTarget {
  host: string;
  port: number;
  /** The key types of the pinned keys, which are preferred. */
  preferredHostKeys: readonly string[];
  /** Aborts the dial, at any step. */
  signal: AbortSignal;
  /** Receives each banner of the server (RFC 4252 §5.4) as it was sent, with its control characters. */
  onBanner?(text: string): void;
}

/** The credential of a login. Never logged. */
export interface LoginCredential {
  username: string;
  secret: { kind: 'password'; password: string } | { kind: 'private-key'; pem: string };
}

/** A server's host key. The server has proven that it holds it. */
export interface HostKeyFacts {
  /** Key type, for instance "ssh-ed25519". */
  readonly algorithm: string;
  readonly blob: Buffer;
}

/** Rejects if the key is not accepted. No credential was sent by then. */
export type HostKeyCheck = (hostKey: HostKeyFacts) => Promise<void>;

/** Dials SSH servers. */
export interface SshDialer {
  /** Connects, checks the host key, and only then logs in. Rejects with DialFailed, LoginRejected, KeyUnusable or the check's error. */
  dial(target: DialTarget, credential: LoginCredential, checkHostKey: HostKeyCheck): Promise<SshConnection>;
}
