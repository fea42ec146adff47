import { CIPHERS, MACS } from './algorithm.js';
import type { PacketKeys } from './crypto-provider.js';

/** Throws RangeError unless every key has the length that its algorithm requires. A short key must never be padded with zeros. */
export const checkPacketKeys = (keys: PacketKeys): void => {
  const cipher = CIPHERS[keys.cipher];
  expectLength(`key of ${keys.cipher}`, keys.key, cipher.keyLength);
  expectLength(`IV of ${keys.cipher}`, keys.iv, cipher.ivLength);
  if (cipher.isAead) return;
  if (keys.mac === undefined) throw new RangeError(`cipher "${keys.cipher}" needs a MAC`);
  expectLength(`key of ${keys.mac}`, keys.macKey, MACS[keys.mac].keyLength);
};

const expectLength = (what: string, bytes: Buffer | undefined, length: number): void => {
  if (bytes?.length !== length) throw new RangeError(`${what} must have ${length} bytes, not ${bytes?.length ?? 0}`);
};
