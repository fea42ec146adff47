/** Plain SSH public keys (RFC 4253 §6.6, RFC 5656 §3, RFC 8709, OpenSSH's PROTOCOL.u2f). */
import type { KeyObject } from 'node:crypto';

/** Key types: the first field of a key blob. */
export type KeyType =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'ssh-rsa'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** Signature algorithms of public key authentication and host keys. `ssh-rsa` uses SHA-1 and is legacy. */
export type SignatureAlgorithm = Exclude<KeyType, 'ssh-rsa'> | 'rsa-sha2-256' | 'rsa-sha2-512' | 'ssh-rsa';

/** A parsed and validated public key. */
export interface PublicKey {
  readonly kind: 'key';
  readonly type: KeyType;
  /** The blob it was parsed from, in a buffer of its own. */
  readonly blob: Buffer;
  /** The key in node:crypto; for `sk-` keys the key inside the authenticator. */
  readonly keyObject: KeyObject;
  /** Size as ssh-keygen shows it: bits of the RSA modulus or of the curve. */
  readonly bits: number;
  /** The FIDO application (`ssh:` by default); set only for `sk-` keys. */
  readonly application?: string;
}
