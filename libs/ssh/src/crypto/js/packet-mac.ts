/** The MAC of a packet: HMAC(key, uint32 sequence ‖ bytes) (RFC 4253 §6.4, RFC 6668). */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { MACS } from '../algorithm.js';
import type { PacketKeys } from '../crypto-provider.js';

const digestOf = (mac: string): string =>
  mac.startsWith('hmac-sha2-256') ? 'sha256' : mac.startsWith('hmac-sha2-512') ? 'sha512' : 'sha1';

/** Computes and checks the MACs of one direction. */
export class PacketMac {
  readonly tagLength: number;
  private readonly digest: string;
  private key: KeyObject | undefined;
  private readonly sequenceBytes = Buffer.alloc(4);

  constructor(keys: PacketKeys) {
    if (keys.mac === undefined || keys.macKey === undefined) throw new RangeError(`cipher "${keys.cipher}" needs a MAC`);
    this.tagLength = MACS[keys.mac].tagLength;
    this.digest = digestOf(keys.mac);
    this.key = createSecretKey(keys.macKey);
  }

  /** Returns the MAC of the sequence number and `bytes`. */
  compute(sequence: number, bytes: Buffer): Buffer {
    if (this.key === undefined) throw new Error('packet MAC used after dispose');
    this.sequenceBytes.writeUInt32BE(sequence);
    return createHmac(this.digest, this.key).update(this.sequenceBytes).update(bytes).digest();
  }

  /** Returns true if `tag` is the MAC. Compares in constant time. */
  matches(sequence: number, bytes: Buffer, tag: Buffer): boolean {
    return timingSafeEqual(this.compute(sequence, bytes), tag);
  }

  dispose(): void {
    this.key = undefined;
  }
}
