import type { PartOptions } from '../part.js';
import type { HostKey } from './sshd-host-keys.js';

/** How to start an OpenSSH server. */
export interface SshdOptions extends PartOptions {
  /** Who may log in. */
  readonly users: readonly string[];
  /** Root only: passwords of the system's own users count too. */
  readonly allowPasswords?: boolean;
  /** Its host keys; an Ed25519 and an RSA one of its own, kept in `directory`, when not given. */
  readonly hostKeys?: readonly HostKey[];
  /** Lines put before ours in sshd_config; the first value of a keyword wins. */
  readonly configLines?: readonly string[];
}
