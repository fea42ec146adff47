import type { CipherName, MacName } from './algorithm.js';
import type { PacketOpener, PacketSealer } from './packet-cipher.js';

/** Algorithms and keys of one direction, as negotiated and derived (RFC 4253 §7.2). The buffers are copied; the caller wipes its own. */
export interface PacketKeys {
  readonly cipher: CipherName;
  /** The negotiated MAC; ignored, and may be undefined, if the cipher is an AEAD. */
  readonly mac?: MacName | undefined;
  /** `CIPHERS[cipher].keyLength` bytes. */
  readonly key: Buffer;
  /** `CIPHERS[cipher].ivLength` bytes. */
  readonly iv: Buffer;
  /** `MACS[mac].keyLength` bytes; ignored for an AEAD. */
  readonly macKey?: Buffer | undefined;
}

/**
 * An implementation of the packet ciphers. `native` is the N-API addon over the OpenSSL inside Node; `js` is node:crypto alone.
 * Both pass the same test vectors. `js` lacks chacha20-poly1305@openssh.com, which would be too slow on node:crypto.
 */
export interface CryptoProvider {
  readonly name: 'native' | 'js';
  /** One line for the start-up log: the active implementation and the reason for it. */
  readonly description: string;
  /** Modern ciphers in order of preference, AES-GCM first. Legacy ones are in {@link legacyCiphers}. */
  readonly ciphers: readonly CipherName[];
  /** Modern MACs in order of preference. */
  readonly macs: readonly MacName[];
  /** Legacy ciphers for the client role, for assets whose platform requires them. */
  readonly legacyCiphers: readonly CipherName[];
  /** Legacy MACs for the client role, for assets whose platform requires them. */
  readonly legacyMacs: readonly MacName[];
  /** Creates the sealer of one direction. Throws RangeError for keys of the wrong length or a cipher that this implementation lacks. */
  createSealer(keys: PacketKeys): PacketSealer;
  /** Creates the opener of one direction. Throws RangeError as {@link createSealer}. */
  createOpener(keys: PacketKeys): PacketOpener;
}
