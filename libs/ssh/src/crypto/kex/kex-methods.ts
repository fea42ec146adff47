import { curve25519Libssh, curve25519Sha256 } from './curve25519.js';
import { ecdhNistp256, ecdhNistp384 } from './ecdh.js';
import { group14Sha1, group14Sha256, group16Sha512, group1Sha1 } from './finite-field.js';
import type { KexMethod, KexName } from './kex-method.js';
import { mlkem768x25519 } from './mlkem768x25519.js';

/** Every key exchange method, by name. */
export const KEX_METHODS: Readonly<Record<KexName, KexMethod>> = {
  'mlkem768x25519-sha256': mlkem768x25519,
  'curve25519-sha256': curve25519Sha256,
  'curve25519-sha256@libssh.org': curve25519Libssh,
  'ecdh-sha2-nistp256': ecdhNistp256,
  'ecdh-sha2-nistp384': ecdhNistp384,
  'diffie-hellman-group16-sha512': group16Sha512,
  'diffie-hellman-group14-sha256': group14Sha256,
  'diffie-hellman-group14-sha1': group14Sha1,
  'diffie-hellman-group1-sha1': group1Sha1,
};

/** The key exchange methods that both roles offer, in order of preference. */
export const MODERN_KEX: readonly KexName[] = [
  'mlkem768x25519-sha256',
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
];

/** Further methods of the client role at the end of the list, for assets whose platform requires them. */
export const LEGACY_KEX: readonly KexName[] = ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'];
