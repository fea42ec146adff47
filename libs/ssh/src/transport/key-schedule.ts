/** Derives the keys of both directions from a finished key exchange (RFC 4253 §7.2). */
import {
  CIPHERS,
  deriveKey,
  MACS,
  type CipherName,
  type KeyDerivationInput,
  type KeyLetter,
  type MacName,
  type PacketKeys,
} from '../crypto/index.js';
import type { NegotiatedAlgorithms } from './negotiate.js';

/** Returns the keys of the packets that the client sends. */
export function keysToServer(input: KeyDerivationInput, chosen: NegotiatedAlgorithms): PacketKeys {
  return deriveDirection(input, chosen.cipherToServer, chosen.macToServer, ['A', 'C', 'E']);
}

/** Returns the keys of the packets that the server sends. */
export function keysToClient(input: KeyDerivationInput, chosen: NegotiatedAlgorithms): PacketKeys {
  return deriveDirection(input, chosen.cipherToClient, chosen.macToClient, ['B', 'D', 'F']);
}

/** Wipes keys that a cipher has copied. */
export function wipeKeys(keys: PacketKeys): void {
  keys.key.fill(0);
  keys.iv.fill(0);
  keys.macKey?.fill(0);
}

const deriveDirection = (
  input: KeyDerivationInput,
  cipher: CipherName,
  mac: MacName | undefined,
  [ivLetter, keyLetter, macLetter]: readonly [KeyLetter, KeyLetter, KeyLetter],
): PacketKeys => {
  const spec = CIPHERS[cipher];
  return {
    cipher,
    mac,
    iv: deriveKey(input, ivLetter, spec.ivLength),
    key: deriveKey(input, keyLetter, spec.keyLength),
    macKey: mac === undefined ? undefined : deriveKey(input, macLetter, MACS[mac].keyLength),
  };
};
