/** Plain SSH public keys (RFC 4253 §6.6, RFC 5656 §3, RFC 8709, OpenSSH's PROTOCOL.u2f). */
import type { KeyObject } from 'node:crypto';

/** Key types, as they stand first in a key blob. */
export type KeyType =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'ssh-rsa'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** Signature algorithms of public-key authentication and host keys. `ssh-rsa` is SHA-1 and legacy. */
export type SignatureAlgorithm = Exclude<KeyType, 'ssh-rsa'> | 'rsa-sha2-256' | 'rsa-sha2-512' | 'ssh-rsa';

/** A parsed, checked public key. */
export interface PublicKey {
  readonly kind: 'key';
  readonly type: KeyType;
  /** The blob it was parsed from, in its own buffer. */
  readonly blob: Buffer;
  /** The mathematical key; for `sk-` keys the key inside the authenticator. */
  readonly keyObject: KeyObject;
  /** Size as ssh-keygen shows it: RSA modulus or curve bits. */
  readonly bits: number;
  /** The FIDO application (`ssh:` by default); only `sk-` keys have one. */
  readonly application?: string;
}
