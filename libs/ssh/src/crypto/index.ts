export { CIPHERS, MACS, type CipherName, type CipherSpec, type MacName, type MacSpec } from './algorithm.js';
export type { CryptoProvider, PacketKeys } from './crypto-provider.js';
export { deriveKey, exchangeHash, type ExchangeHashInput, type KeyDerivationInput, type KeyLetter } from './kex/exchange-hash.js';
export type { KexClient, KexHash, KexMethod, KexName, KexServerResult } from './kex/kex-method.js';
export { MAX_PACKET_LENGTH, PAYLOAD_OFFSET, canReseal, type PacketFraming, type PacketOpener, type PacketSealer } from './packet-cipher.js';
