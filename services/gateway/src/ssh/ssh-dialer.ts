import type { SshConnection } from './ssh-connection.js';

export interface DialTarget {
  host: string;
  port: number;
  /** Key types to prefer, because keys of these types are pinned. */
  preferredHostKeys: readonly string[];
  /** Gives the dial up, at whatever step. */
  signal: AbortSignal;
}

/** What logs in. Never logged. */
export interface LoginCredential {
  username: string;
  secret: { kind: 'password'; password: string } | { kind: 'private-key'; pem: string };
}

/** A server's host key; it has proven that it holds it. */
export interface HostKeyFacts {
  /** Key type, for instance "ssh-ed25519". */
  readonly algorithm: string;
  readonly blob: Buffer;
}

/** Rejects when the key is not the right one: then nothing was said about who we are. */
export type HostKeyJudge = (hostKey: HostKeyFacts) => Promise<void>;

/** Dials SSH servers. */
export interface SshDialer {
  /** Connects, has the host key judged, and only then logs in. Rejects with DialFailed, LoginRejected, KeyUnusable, or what the judge said. */
  dial(target: DialTarget, credential: LoginCredential, judge: HostKeyJudge): Promise<SshConnection>;
}
