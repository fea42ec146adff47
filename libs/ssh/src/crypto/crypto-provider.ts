import type { CipherName, MacName } from './algorithm.js';
import type { PacketOpener, PacketSealer } from './packet-cipher.js';

/** Algorithms and keys of one direction, as negotiated and derived (RFC 4253 §7.2). The buffers are copied, the caller wipes its own. */
export interface PacketKeys {
  readonly cipher: CipherName;
  /** The negotiated MAC; ignored (may be undefined) when the cipher is an AEAD. */
  readonly mac?: MacName | undefined;
  /** `CIPHERS[cipher].keyLength` bytes. */
  readonly key: Buffer;
  /** `CIPHERS[cipher].ivLength` bytes. */
  readonly iv: Buffer;
  /** `MACS[mac].keyLength` bytes; ignored for an AEAD. */
  readonly macKey?: Buffer | undefined;
}

/**
 * One implementation of the packet ciphers. `native` is the N-API addon over the OpenSSL inside Node; `js` is node:crypto alone. Both
 * pass the same vectors; `js` lacks chacha20-poly1305@openssh.com, which node:crypto cannot build at a bearable speed.
 */
export interface CryptoProvider {
  readonly name: 'native' | 'js';
  /** One line for the start-up log: which implementation is active and why. */
  readonly description: string;
  /** Modern ciphers it offers, in order of preference (AES-GCM first). Legacy ones are in {@link legacyCiphers}. */
  readonly ciphers: readonly CipherName[];
  /** Modern MACs, in order of preference. */
  readonly macs: readonly MacName[];
  /** Ciphers for the client role towards assets whose platform says so. */
  readonly legacyCiphers: readonly CipherName[];
  /** MACs for the client role towards assets whose platform says so. */
  readonly legacyMacs: readonly MacName[];
  /** @throws RangeError on keys of the wrong length or a cipher this implementation does not offer. */
  createSealer(keys: PacketKeys): PacketSealer;
  /** @throws RangeError as {@link createSealer}. */
  createOpener(keys: PacketKeys): PacketOpener;
}
