/** For fuzzing: key exchanges are real but packets stay unencrypted, so that a changed message is decoded and not refused by its MAC. */
import { plainOpener, plainSealer, type CryptoProvider } from '../../crypto/index.js';

export const plainCrypto: CryptoProvider = {
  name: 'js',
  description: 'no encryption: for tests',
  ciphers: ['aes128-gcm@openssh.com'],
  macs: ['hmac-sha2-256-etm@openssh.com'],
  legacyCiphers: [],
  legacyMacs: [],
  createSealer: () => plainSealer(),
  createOpener: () => plainOpener(),
};

export const plainOffer = {
  kex: ['curve25519-sha256' as const],
  hostKey: ['ssh-ed25519'],
  ciphers: plainCrypto.ciphers,
  macs: plainCrypto.macs,
};
