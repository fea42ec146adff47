import type { SshKeyError } from '../key-error.js';
import type { OfferedKey } from '../certificate.js';

/** What the options of an authorized_keys line allow and demand (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKeyOptions {
  /** The key is a certificate authority's. */
  readonly isCertAuthority: boolean;
  /** `principals=`: names a certificate of this authority may carry. */
  readonly principals?: readonly string[];
  /** `command=`: runs instead of what the client asks for. */
  readonly forceCommand?: string;
  /** `from=`: for isInAddressPatterns. */
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

/** A line that was not understood, and therefore grants nothing. */
export interface AuthorizedKeyProblem {
  /** From 1. */
  readonly line: number;
  readonly error: SshKeyError;
}
