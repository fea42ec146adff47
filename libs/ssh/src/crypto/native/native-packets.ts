/** Packet ciphers over the addon: AES-GCM, AES-CTR with encrypt-then-MAC, and chacha20-poly1305@openssh.com, all in place. */
import { SshProtocolError } from '../../wire/index.js';
import { CIPHERS, MACS } from '../algorithm.js';
import type { PacketKeys } from '../crypto-provider.js';
import { InPlaceOpener, InPlaceSealer } from '../in-place-cipher.js';
import type { PacketFraming } from '../packet-cipher.js';
import { checkLength } from '../packet-layout.js';
import type { Addon, NativeCipher } from './addon.js';

/** `enum packet_kind` of native/packet_cipher.h. */
const KIND = { gcm: 0, ctrSha256: 1, ctrSha512: 2, chacha: 3 } as const;

const NO_KEY = Buffer.alloc(0);

/** Returns the addon's number for these algorithms; undefined for the legacy ones, which only the JavaScript implementation supports. */
export const nativeKindOf = (keys: PacketKeys): number | undefined => {
  if (keys.cipher.includes('-gcm@')) return KIND.gcm;
  if (keys.cipher.startsWith('chacha20-')) return KIND.chacha;
  if (!keys.cipher.endsWith('-ctr')) return undefined;
  if (keys.mac === 'hmac-sha2-256-etm@openssh.com') return KIND.ctrSha256;
  return keys.mac === 'hmac-sha2-512-etm@openssh.com' ? KIND.ctrSha512 : undefined;
};

const framingOf = (keys: PacketKeys): PacketFraming => {
  const { blockSize, isAead } = CIPHERS[keys.cipher];
  return { blockSize, padsLength: false, tagLength: isAead || keys.mac === undefined ? 16 : MACS[keys.mac].tagLength };
};

const createCipher = (addon: Addon, kind: number, encrypt: boolean, keys: PacketKeys): NativeCipher =>
  addon.create(kind, encrypt, keys.key, keys.iv, keys.macKey ?? NO_KEY);

/** Encrypts packets in the addon. */
export class NativeSealer extends InPlaceSealer {
  private readonly cipher: NativeCipher;

  constructor(
    private readonly addon: Addon,
    kind: number,
    keys: PacketKeys,
  ) {
    super(framingOf(keys));
    this.cipher = createCipher(addon, kind, true, keys);
  }

  protected override encrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void {
    this.encryptFrom(buffer, offset, packetLength, buffer, offset, sequence);
  }

  protected override encryptFrom(
    clear: Buffer,
    clearOffset: number,
    packetLength: number,
    place: Buffer,
    offset: number,
    sequence: number,
  ): void {
    if (!this.addon.seal(this.cipher, clear, clearOffset, place, offset, packetLength, sequence))
      throw new Error('OpenSSL could not encrypt a packet');
  }

  override dispose(): void {
    this.addon.dispose(this.cipher);
  }
}

/** Decrypts packets in the addon. */
export class NativeOpener extends InPlaceOpener {
  private readonly cipher: NativeCipher;
  private readonly hidesLength: boolean;

  constructor(
    private readonly addon: Addon,
    kind: number,
    keys: PacketKeys,
  ) {
    super(framingOf(keys));
    this.hidesLength = kind === KIND.chacha;
    this.cipher = createCipher(addon, kind, false, keys);
  }

  override readLength(buffer: Buffer, offset: number, sequence: number): number {
    if (!this.hidesLength) return super.readLength(buffer, offset, sequence);
    return checkLength(this, this.addon.readLength(this.cipher, buffer, offset, sequence));
  }

  protected override decrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void {
    if (!this.addon.open(this.cipher, buffer, offset, packetLength, sequence)) throw SshProtocolError.badMac();
  }

  override dispose(): void {
    this.addon.dispose(this.cipher);
  }
}
