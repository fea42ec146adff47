/** Names and sizes of ciphers and MACs (RFC 4253 §6.3 and §6.4, RFC 4344, RFC 5647, RFC 6668, OpenSSH's PROTOCOL files). */

/** Cipher names as they are negotiated. */
export type CipherName =
  | 'aes256-gcm@openssh.com'
  | 'aes128-gcm@openssh.com'
  | 'chacha20-poly1305@openssh.com'
  | 'aes256-ctr'
  | 'aes192-ctr'
  | 'aes128-ctr'
  | 'aes256-cbc'
  | 'aes192-cbc'
  | 'aes128-cbc'
  | '3des-cbc';

/** MAC names as they are negotiated; unused with an AEAD cipher. */
export type MacName =
  | 'hmac-sha2-256-etm@openssh.com'
  | 'hmac-sha2-512-etm@openssh.com'
  | 'hmac-sha1-etm@openssh.com'
  | 'hmac-sha2-256'
  | 'hmac-sha2-512'
  | 'hmac-sha1';

/** Sizes of a cipher, in bytes. */
export interface CipherSpec {
  /** Length of the derived key (chacha20-poly1305: two keys of 32 bytes). */
  readonly keyLength: number;
  /** Length of the initial IV; 0 if the cipher uses none. */
  readonly ivLength: number;
  readonly blockSize: number;
  /** True if the cipher authenticates the packet itself, so that no MAC is negotiated. */
  readonly isAead: boolean;
  /** Offered only in the client role, to assets whose platform requires it. */
  readonly isLegacy: boolean;
}

/** Sizes of a MAC, in bytes. */
export interface MacSpec {
  readonly keyLength: number;
  readonly tagLength: number;
  /** Encrypt-then-MAC: the length field is not encrypted and the MAC covers the ciphertext. */
  readonly isEtm: boolean;
  /** Offered only in the client role, to assets whose platform requires it. */
  readonly isLegacy: boolean;
}

/** Every cipher that the engine supports; {@link CryptoProvider.ciphers} lists those that the active implementation offers. */
export const CIPHERS: Readonly<Record<CipherName, CipherSpec>> = {
  'aes256-gcm@openssh.com': { keyLength: 32, ivLength: 12, blockSize: 16, isAead: true, isLegacy: false },
  'aes128-gcm@openssh.com': { keyLength: 16, ivLength: 12, blockSize: 16, isAead: true, isLegacy: false },
  'chacha20-poly1305@openssh.com': { keyLength: 64, ivLength: 0, blockSize: 8, isAead: true, isLegacy: false },
  'aes256-ctr': { keyLength: 32, ivLength: 16, blockSize: 16, isAead: false, isLegacy: false },
  'aes192-ctr': { keyLength: 24, ivLength: 16, blockSize: 16, isAead: false, isLegacy: false },
  'aes128-ctr': { keyLength: 16, ivLength: 16, blockSize: 16, isAead: false, isLegacy: false },
  'aes256-cbc': { keyLength: 32, ivLength: 16, blockSize: 16, isAead: false, isLegacy: true },
  'aes192-cbc': { keyLength: 24, ivLength: 16, blockSize: 16, isAead: false, isLegacy: true },
  'aes128-cbc': { keyLength: 16, ivLength: 16, blockSize: 16, isAead: false, isLegacy: true },
  '3des-cbc': { keyLength: 24, ivLength: 8, blockSize: 8, isAead: false, isLegacy: true },
};

/** Every MAC that the engine supports. */
export const MACS: Readonly<Record<MacName, MacSpec>> = {
  'hmac-sha2-256-etm@openssh.com': { keyLength: 32, tagLength: 32, isEtm: true, isLegacy: false },
  'hmac-sha2-512-etm@openssh.com': { keyLength: 64, tagLength: 64, isEtm: true, isLegacy: false },
  'hmac-sha1-etm@openssh.com': { keyLength: 20, tagLength: 20, isEtm: true, isLegacy: true },
  'hmac-sha2-256': { keyLength: 32, tagLength: 32, isEtm: false, isLegacy: false },
  'hmac-sha2-512': { keyLength: 64, tagLength: 64, isEtm: false, isLegacy: false },
  'hmac-sha1': { keyLength: 20, tagLength: 20, isEtm: false, isLegacy: true },
};
