/** The packet ciphers on node:crypto alone. */
import { MACS, type CipherName, type MacName } from '../algorithm.js';
import { checkPacketKeys } from '../check-keys.js';
import type { CryptoProvider, PacketKeys } from '../crypto-provider.js';
import type { PacketOpener, PacketSealer } from '../packet-cipher.js';
import { EncryptAndMacOpener, EncryptAndMacSealer } from './encrypt-and-mac-packets.js';
import { EtmOpener, EtmSealer } from './etm-packets.js';
import { GcmOpener, GcmSealer } from './gcm-packets.js';

/** Legacy ciphers; both implementations use the same code for them. */
export const LEGACY_CIPHERS: readonly CipherName[] = ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'];

/**
 * MACs with SHA-2, encrypt-then-MAC first. The others are for peers without those and without AES-GCM: dropbear before 2024, libssh2 before
 * 1.11.
 */
export const MODERN_MACS: readonly MacName[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** Legacy MACs: all that use SHA-1. */
export const LEGACY_MACS: readonly MacName[] = ['hmac-sha1-etm@openssh.com', 'hmac-sha1'];

const isGcm = (keys: PacketKeys): boolean => keys.cipher.includes('-gcm@');
const isEtm = (keys: PacketKeys): boolean => keys.mac !== undefined && MACS[keys.mac].isEtm;

const refuseChacha = (keys: PacketKeys): void => {
  if (keys.cipher === 'chacha20-poly1305@openssh.com') throw new RangeError(`"${keys.cipher}" needs the native crypto addon`);
};

/** Creates the sealer of one direction. Throws RangeError as `CryptoProvider.createSealer`. */
export const createJsSealer = (keys: PacketKeys): PacketSealer => {
  checkPacketKeys(keys);
  refuseChacha(keys);
  if (isGcm(keys)) return new GcmSealer(keys);
  return isEtm(keys) ? new EtmSealer(keys) : new EncryptAndMacSealer(keys);
};

/** Creates the opener of one direction. Throws RangeError as `CryptoProvider.createOpener`. */
export const createJsOpener = (keys: PacketKeys): PacketOpener => {
  checkPacketKeys(keys);
  refuseChacha(keys);
  if (isGcm(keys)) return new GcmOpener(keys);
  return isEtm(keys) ? new EtmOpener(keys) : new EncryptAndMacOpener(keys);
};

/** Returns the pure JavaScript implementation. `reason` explains in the start-up log why it is active. */
export const jsProvider = (reason: string): CryptoProvider => ({
  name: 'js',
  description: `SSH packet ciphers: pure JavaScript on node:crypto (${reason})`,
  ciphers: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  macs: MODERN_MACS,
  legacyCiphers: LEGACY_CIPHERS,
  legacyMacs: LEGACY_MACS,
  createSealer: createJsSealer,
  createOpener: createJsOpener,
});
