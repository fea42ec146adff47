/** A block cipher in CTR or CBC mode whose state continues from packet to packet (RFC 4253 §6.3, RFC 4344 §4). */
import { createCipheriv, createDecipheriv, createSecretKey, type Cipheriv, type Decipheriv } from 'node:crypto';
import type { PacketKeys } from '../crypto-provider.js';

const OPENSSL_NAMES: Readonly<Record<string, string>> = {
  'aes256-ctr': 'aes-256-ctr',
  'aes192-ctr': 'aes-192-ctr',
  'aes128-ctr': 'aes-128-ctr',
  'aes256-cbc': 'aes-256-cbc',
  'aes192-cbc': 'aes-192-cbc',
  'aes128-cbc': 'aes-128-cbc',
  '3des-cbc': 'des-ede3-cbc',
};

const opensslName = (cipher: string): string => {
  const name = OPENSSL_NAMES[cipher];
  if (name === undefined) throw new RangeError(`"${cipher}" is not a CTR or CBC cipher`);
  return name;
};

/** Encrypts or decrypts whole blocks, as one continuous stream over all packets. */
export class BlockCipher {
  private stream: Cipheriv | Decipheriv | undefined;

  private constructor(stream: Cipheriv | Decipheriv) {
    this.stream = stream.setAutoPadding(false);
  }

  /** Starts an encrypting stream. Throws RangeError unless the cipher is a CTR or CBC cipher. */
  static encrypting(keys: PacketKeys): BlockCipher {
    return new BlockCipher(createCipheriv(opensslName(keys.cipher), createSecretKey(keys.key), keys.iv));
  }

  /** Starts a decrypting stream. Throws RangeError unless the cipher is a CTR or CBC cipher. */
  static decrypting(keys: PacketKeys): BlockCipher {
    return new BlockCipher(createDecipheriv(opensslName(keys.cipher), createSecretKey(keys.key), keys.iv));
  }

  /** Transforms a whole number of blocks and returns the result in a new buffer. */
  transform(blocks: Buffer): Buffer {
    if (this.stream === undefined) throw new Error('packet cipher used after dispose');
    return this.stream.update(blocks);
  }

  /** Transforms a whole number of blocks in place. */
  transformInPlace(blocks: Buffer): void {
    blocks.set(this.transform(blocks));
  }

  dispose(): void {
    this.stream = undefined;
  }
}
