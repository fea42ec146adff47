import type { SshKeyError } from '../key-error.js';
import type { OfferedKey } from '../certificate.js';

/** The permissions and demands of an authorized_keys line (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKeyOptions {
  /** `cert-authority`: the key is that of a certificate authority. */
  readonly isCertAuthority: boolean;
  /** `principals=`: principals that a certificate of this authority may name. */
  readonly principals?: readonly string[];
  /** `command=`: runs instead of the client's command. */
  readonly forceCommand?: string;
  /** `from=`: the list for isInAddressPatterns. */
  readonly from?: string;
  /** `expiry-time=`, in milliseconds since 1970. */
  readonly expiresAtMs?: number;
  /** `environment=`, in order. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  /** `permitopen=`: targets of local forwarding, `host:port`; undefined means any. */
  readonly permitOpen?: readonly string[];
  /** `permitlisten=`: listeners of remote forwarding, `[host:]port`; undefined means any. */
  readonly permitListen?: readonly string[];
  /** `tunnel=`, as it is written. */
  readonly tunnel?: string;
  readonly permitsPty: boolean;
  readonly permitsPortForwarding: boolean;
  readonly permitsAgentForwarding: boolean;
  readonly permitsX11Forwarding: boolean;
  readonly permitsUserRc: boolean;
  /** For VerifyPolicy.requiresTouch; `no-touch-required` turns it off. */
  readonly requiresTouch: boolean;
  /** For VerifyPolicy.requiresUserVerification; `verify-required` turns it on. */
  readonly requiresUserVerification: boolean;
}

/** One line of an authorized_keys file. */
export interface AuthorizedKey {
  readonly key: OfferedKey;
  readonly options: AuthorizedKeyOptions;
  readonly comment: string;
}

/** A line that could not be parsed and therefore authorizes nothing. */
export interface AuthorizedKeyProblem {
  /** Line number, from 1. */
  readonly line: number;
  readonly error: SshKeyError;
}
