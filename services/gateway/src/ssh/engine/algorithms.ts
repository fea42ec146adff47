/**
 * What is offered. AES-GCM first: ssh2 makes it in OpenSSL, while its chacha20-poly1305 runs in JavaScript and OpenSSH clients
 * would choose it. No compression: ssh2 inflates without a bound and before authentication.
 */
const KEX = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521'];
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'];
const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'];

/** Host key algorithms that are accepted of an asset. */
const HOST_KEY_ALGORITHMS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'];

/** Signature algorithms that a user's key may use (RFC 8308 `server-sig-algs`). */
export const USER_SIGNATURE_ALGORITHMS = HOST_KEY_ALGORITHMS;

/** The KEXINIT lists; `hostKeys` differs by role. A new object each time: ssh2 changes it. */
export function offer(hostKeys: readonly string[], kex: readonly string[] = KEX): Record<string, unknown> {
  const direction = { cipher: CIPHERS, mac: MACS, compress: ['none'], lang: [] };
  return { kex: [...kex], serverHostKey: [...hostKeys], cs: direction, sc: direction };
}

/** What is offered to an asset: also a finite-field group, last because it blocks the loop for milliseconds. */
export const ASSET_KEX = [...KEX, 'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512'];

/** Algorithms in the order in which an asset is asked for its key: those of pinned types first. */
export function hostKeyOrder(pinnedTypes: readonly string[]): string[] {
  const isPinned = (algorithm: string): boolean => pinnedTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEY_ALGORITHMS.filter(isPinned), ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isPinned(algorithm))];
}

/**
 * What we call ourselves, without "SSH-2.0-". OpenSSH's clients and servers say "nobody reads any more" (eow@openssh.com) and "no more
 * sessions" only to names that begin so, and without the former `ssh host yes | head` never ends.
 */
export const SOFTWARE = 'OpenSSH_Sallyport';
