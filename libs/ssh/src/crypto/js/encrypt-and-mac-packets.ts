/**
 * Encrypt-and-MAC packets (RFC 4253 §6): the length is encrypted and the MAC covers the plaintext. For peers that support nothing better.
 * CBC and SHA-1 are used only with assets whose platform requires them.
 */
import { SshProtocolError } from '../../wire/index.js';
import { CIPHERS } from '../algorithm.js';
import type { PacketKeys } from '../crypto-provider.js';
import { InPlaceOpener, InPlaceSealer } from '../in-place-cipher.js';
import { MAX_PACKET_LENGTH, type PacketFraming } from '../packet-cipher.js';
import { checkLength, isPossibleLength } from '../packet-layout.js';
import { BlockCipher } from './block-cipher.js';
import { PacketMac } from './packet-mac.js';

const framingOf = (keys: PacketKeys, mac: PacketMac): PacketFraming => ({
  blockSize: CIPHERS[keys.cipher].blockSize,
  padsLength: true,
  tagLength: mac.tagLength,
});

/** Computes the MAC of the plaintext and encrypts the plaintext, length included. */
export class EncryptAndMacSealer extends InPlaceSealer {
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
    const packet = buffer.subarray(offset, end);
    buffer.set(this.mac.compute(sequence, packet), end);
    this.cipher.transformInPlace(packet);
  }

  override dispose(): void {
    this.cipher.dispose();
    this.mac.dispose();
  }
}

/** Decrypts the first block to read the length. After the rest has arrived, decrypts it and checks the MAC. */
export class EncryptAndMacOpener extends InPlaceOpener {
  override readonly headerLength: number;
  private readonly cipher: BlockCipher;
  private readonly isCbc: boolean;
  /** Decrypted first block of the current packet. The cipher's stream has passed it, so it must not be decrypted again. */
  private firstBlock: Buffer | undefined;
  private isLengthImpossible = false;

  constructor(
    keys: PacketKeys,
    private readonly mac = new PacketMac(keys),
  ) {
    super(framingOf(keys, mac));
    this.headerLength = this.blockSize;
    this.cipher = BlockCipher.decrypting(keys);
    this.isCbc = keys.cipher.endsWith('-cbc');
  }

  override readLength(buffer: Buffer, offset: number): number {
    this.firstBlock ??= this.cipher.transform(buffer.subarray(offset, offset + this.blockSize));
    const length = this.firstBlock.readUInt32BE(0);
    if (!this.isCbc) return checkLength(this, length);
    this.isLengthImpossible ||= !isPossibleLength(this, length);
    return this.isLengthImpossible ? MAX_PACKET_LENGTH : length;
  }

  protected override decrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void {
    if (this.isLengthImpossible || this.firstBlock === undefined) throw SshProtocolError.badMac();
    const end = offset + 4 + packetLength;
    buffer.set(this.firstBlock, offset);
    this.firstBlock = undefined;
    this.cipher.transformInPlace(buffer.subarray(offset + this.blockSize, end));
    const tag = buffer.subarray(end, end + this.tagLength);
    if (!this.mac.matches(sequence, buffer.subarray(offset, end), tag)) throw SshProtocolError.badMac();
  }

  override dispose(): void {
    this.cipher.dispose();
    this.mac.dispose();
  }
}
