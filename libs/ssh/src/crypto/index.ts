export { CIPHERS, MACS, type CipherName, type MacName } from './algorithm.js';
export type { CryptoProvider, PacketKeys } from './crypto-provider.js';
export { deriveKey, exchangeHash, type KeyDerivationInput, type KeyLetter } from './kex/exchange-hash.js';
export type { KexClient, KexMethod, KexName } from './kex/kex-method.js';
export { KEX_METHODS, LEGACY_KEX, MODERN_KEX } from './kex/kex-methods.js';
export { MAX_PACKET_LENGTH, PAYLOAD_OFFSET, canReseal, type PacketFraming, type PacketOpener, type PacketSealer } from './packet-cipher.js';
export { plainOpener, plainSealer } from './plain-packets.js';
export { selectCrypto, type CryptoMode } from './select-crypto.js';
