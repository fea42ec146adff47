/** Packets before the first NEWKEYS: no encryption, no MAC, blocks of 8 (RFC 4253 §6). */
import { InPlaceOpener, InPlaceSealer } from './in-place-cipher.js';
import type { PacketFraming, PacketOpener, PacketSealer } from './packet-cipher.js';

const FRAMING: PacketFraming = { blockSize: 8, padsLength: true, tagLength: 0 };

class PlainSealer extends InPlaceSealer {
  protected override encrypt(): void {
    // The packet is sent as it is laid out.
  }

  override dispose(): void {
    // No keys.
  }
}

class PlainOpener extends InPlaceOpener {
  protected override decrypt(): void {
    // The packet is not encrypted.
  }

  override dispose(): void {
    // No keys.
  }
}

/** Returns a sealer for packets before the first NEWKEYS: without encryption and MAC. */
export const plainSealer = (): PacketSealer => new PlainSealer(FRAMING);

/** Returns an opener for packets before the first NEWKEYS: without encryption and MAC. */
export const plainOpener = (): PacketOpener => new PlainOpener(FRAMING);
