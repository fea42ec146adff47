import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Protocol } from './ssh2-parts.js';

/**
 * ssh2 makes a cipher per AES-GCM packet from a key in a Buffer, which Node 24 turns into a KeyObject each time: a third of all CPU.
 * Giving it the KeyObject once halves the cost per byte.
 */
export function keepCipherKeysAsObjects(protocol: Protocol): void {
  const { _cipher, _decipher } = protocol;
  if (_cipher._encKey) _cipher._encKey = asObject(_cipher._encKey);
  if (_decipher._decipherKey) _decipher._decipherKey = asObject(_decipher._decipherKey);
}

const asObject = (key: Buffer | KeyObject): KeyObject => (Buffer.isBuffer(key) ? createSecretKey(key) : key);
