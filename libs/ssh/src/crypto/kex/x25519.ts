/** X25519 (RFC 7748 §6.1) for key exchange. */
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SshProtocolError } from '../../wire/index.js';

/** Length of a public value and of a shared secret, in bytes. */
export const X25519_BYTES = 32;

/** SubjectPublicKeyInfo of RFC 8410 §4 up to the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/** An ephemeral key pair. */
export interface X25519Pair {
  readonly publicValue: Buffer;
  readonly privateKey: KeyObject;
}

/** Generates an ephemeral key pair. */
export const generateX25519 = (): X25519Pair => {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { publicValue: publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length), privateKey };
};

/**
 * Returns the 32-byte shared secret. Throws SshProtocolError for a value of the wrong size or of low order (RFC 8731 §3: all-zero result).
 */
export const x25519Secret = (privateKey: KeyObject, peer: Buffer): Buffer => {
  if (peer.length !== X25519_BYTES) throw SshProtocolError.keyExchange(`Peer sent an X25519 value of ${peer.length} bytes`);
  const secret = agree(privateKey, peer);
  // OpenSSL refuses these itself. RFC 8731 §3 requires the check, so it must not depend on the library.
  if (secret.every((byte) => byte === 0)) throw SshProtocolError.keyExchange('Peer sent an X25519 value of low order');
  return secret;
};

const agree = (privateKey: KeyObject, peer: Buffer): Buffer => {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, peer]), format: 'der', type: 'spki' });
    return diffieHellman({ privateKey, publicKey });
  } catch (cause) {
    throw SshProtocolError.keyExchange('Peer sent an X25519 value of low order', { cause });
  }
};
