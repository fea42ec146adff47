import type { ServerHostKeyAlgorithm } from 'ssh2';

/** What we accept where no key is pinned yet, best first. No ssh-rsa (SHA-1) and no ssh-dss. */
const OFFERED: readonly ServerHostKeyAlgorithm[] = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'];

/** An RSA key proves itself by two signature algorithms (RFC 8332). */
const SIGNED_BY: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = { 'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'] };

/**
 * Host key algorithms to offer. A server with several keys shows the first that we name, so pinned types are the only ones named:
 * else another of its keys would look like a changed one.
 */
export function hostKeyAlgorithms(pinnedTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const pinned = pinnedTypes.flatMap((type) => SIGNED_BY[type] ?? OFFERED.filter((algorithm) => algorithm === type));
  return pinned.length > 0 ? [...new Set(pinned)] : [...OFFERED];
}
