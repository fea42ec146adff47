/**
 * curve25519-sha256 (RFC 8731): values are 32-byte strings, K is the secret as a big-endian number.
 * It runs on the event loop: key and secret take 0.15 ms together, and handing them to the thread pool would take 0.1 ms of that anyway.
 */
import { SshWriter } from '../../wire/index.js';
import type { KexMethod, KexName } from './kex-method.js';
import { generateX25519, x25519Secret, type X25519Pair } from './x25519.js';

const encodedSecret = (pair: X25519Pair, peer: Buffer): Buffer =>
  new SshWriter(40).writeMpint(x25519Secret(pair.privateKey, peer)).finish();

const curve25519 = (name: KexName): KexMethod => ({
  name,
  hash: 'sha256',
  isLegacy: false,
  price: 0.15,
  startClient: async () => {
    const pair = generateX25519();
    return { clientValue: pair.publicValue, finish: async (serverValue) => encodedSecret(pair, serverValue) };
  },
  answerClient: async (clientValue) => {
    const pair = generateX25519();
    return { serverValue: pair.publicValue, encodedSecret: encodedSecret(pair, clientValue) };
  },
});

/** curve25519-sha256. */
export const curve25519Sha256 = curve25519('curve25519-sha256');

/** The same method under its original name. */
export const curve25519Libssh = curve25519('curve25519-sha256@libssh.org');
