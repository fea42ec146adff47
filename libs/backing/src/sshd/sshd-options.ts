import type { PartOptions } from '../part.js';
import type { HostKey } from './sshd-host-keys.js';

/** Settings of an OpenSSH server. */
export interface SshdOptions extends PartOptions {
  /** Users that may log in. */
  readonly users: readonly string[];
  /** Root only: accepts passwords of the system's own users too. */
  readonly allowPasswords?: boolean;
  /** Its host keys. By default an Ed25519 and an RSA one of its own, kept in `directory`. */
  readonly hostKeys?: readonly HostKey[];
  /** Lines before ours in sshd_config; the first value of a keyword wins. */
  readonly configLines?: readonly string[];
}
