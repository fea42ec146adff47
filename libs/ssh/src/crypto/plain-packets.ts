/** Packets before the first NEWKEYS: no encryption, no MAC, blocks of 8 (RFC 4253 §6). */
import { InPlaceOpener, InPlaceSealer } from './in-place-cipher.js';
import type { PacketFraming, PacketOpener, PacketSealer } from './packet-cipher.js';

const FRAMING: PacketFraming = { blockSize: 8, padsLength: true, tagLength: 0 };

class PlainSealer extends InPlaceSealer {
  protected override encrypt(): void {
    // The laid-out packet is what is sent.
  }

  override dispose(): void {
    // No keys.
  }
}

class PlainOpener extends InPlaceOpener {
  protected override decrypt(): void {
    // What arrived is the packet.
  }

  override dispose(): void {
    // No keys.
  }
}

/** Seals packets in clear, for the time before the first NEWKEYS. */
export const plainSealer = (): PacketSealer => new PlainSealer(FRAMING);

/** Opens packets in clear, for the time before the first NEWKEYS. */
export const plainOpener = (): PacketOpener => new PlainOpener(FRAMING);
