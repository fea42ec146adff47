/**
 * Encrypt-then-MAC packets (OpenSSH's PROTOCOL 1.5). The length is not encrypted; the MAC covers sequence number, length and ciphertext.
 * The MAC is checked before anything is decrypted.
 */
import { SshProtocolError } from '../../wire/index.js';
import { CIPHERS } from '../algorithm.js';
import type { PacketKeys } from '../crypto-provider.js';
import { InPlaceOpener, InPlaceSealer } from '../in-place-cipher.js';
import type { PacketFraming } from '../packet-cipher.js';
import { BlockCipher } from './block-cipher.js';
import { PacketMac } from './packet-mac.js';

const framingOf = (keys: PacketKeys, mac: PacketMac): PacketFraming => ({
  blockSize: CIPHERS[keys.cipher].blockSize,
  padsLength: false,
  tagLength: mac.tagLength,
});

/** Encrypts the packet, then computes its MAC. */
export class EtmSealer extends InPlaceSealer {
  private readonly cipher: BlockCipher;

  constructor(
    keys: PacketKeys,
    private readonly mac = new PacketMac(keys),
  ) {
    super(framingOf(keys, mac));
    this.cipher = BlockCipher.encrypting(keys);
  }

  protected override encrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void {
    const end = offset + 4 + packetLength;
    this.cipher.transformInPlace(buffer.subarray(offset + 4, end));
    buffer.set(this.mac.compute(sequence, buffer.subarray(offset, end)), end);
  }

  override dispose(): void {
    this.cipher.dispose();
    this.mac.dispose();
  }
}

/** Checks the MAC, then decrypts the packet. */
export class EtmOpener extends InPlaceOpener {
  private readonly cipher: BlockCipher;

  constructor(
    keys: PacketKeys,
    private readonly mac = new PacketMac(keys),
  ) {
    super(framingOf(keys, mac));
    this.cipher = BlockCipher.decrypting(keys);
  }

  protected override decrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void {
    const end = offset + 4 + packetLength;
    const tag = buffer.subarray(end, end + this.tagLength);
    if (!this.mac.matches(sequence, buffer.subarray(offset, end), tag)) throw SshProtocolError.badMac();
    this.cipher.transformInPlace(buffer.subarray(offset + 4, end));
  }

  override dispose(): void {
    this.cipher.dispose();
    this.mac.dispose();
  }
}
