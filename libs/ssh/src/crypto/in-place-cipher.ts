/** What all packet ciphers share: layout and checks here, only the cryptography in the subclasses. */
import { checkLength, checkPlace, layOutPacket, payloadLengthOf, sealedLengthFor } from './packet-layout.js';
import type { PacketFraming, PacketOpener, PacketSealer } from './packet-cipher.js';

/** A sealer whose subclass encrypts a packet already laid out in clear. */
export abstract class InPlaceSealer implements PacketSealer {
  readonly blockSize: number;
  readonly padsLength: boolean;
  readonly tagLength: number;

  constructor(framing: PacketFraming) {
    this.blockSize = framing.blockSize;
    this.padsLength = framing.padsLength;
    this.tagLength = framing.tagLength;
  }

  sealedLength(payloadLength: number): number {
    return sealedLengthFor(this, payloadLength);
  }

  seal(buffer: Buffer, offset: number, payloadLength: number, sequence: number): number {
    const packetLength = layOutPacket(this, buffer, offset, payloadLength);
    this.encrypt(buffer, offset, packetLength, sequence);
    return 4 + packetLength + this.tagLength;
  }

  reseal(clear: Buffer, clearOffset: number, packetLength: number, place: Buffer, offset: number, sequence: number): number {
    checkPlace(this, place, offset, packetLength);
    this.encryptFrom(clear, clearOffset, packetLength, place, offset, sequence);
    return 4 + packetLength + this.tagLength;
  }

  abstract dispose(): void;

  /** As `encrypt`, from another place. A subclass that can read there while it writes here need not copy first. */
  protected encryptFrom(clear: Buffer, clearOffset: number, packetLength: number, place: Buffer, offset: number, sequence: number): void {
    if (clear !== place || clearOffset !== offset) clear.copy(place, offset, clearOffset, clearOffset + 4 + packetLength);
    this.encrypt(place, offset, packetLength, sequence);
  }

  /** Encrypts in place the packet whose length field, content and padding lie in clear at `offset`, and writes its tag. */
  protected abstract encrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void;
}

/** An opener whose length field travels in clear, unless the subclass says otherwise. */
export abstract class InPlaceOpener implements PacketOpener {
  readonly blockSize: number;
  readonly padsLength: boolean;
  readonly tagLength: number;
  readonly headerLength: number = 4;

  constructor(framing: PacketFraming) {
    this.blockSize = framing.blockSize;
    this.padsLength = framing.padsLength;
    this.tagLength = framing.tagLength;
  }

  readLength(buffer: Buffer, offset: number, _sequence: number): number {
    return checkLength(this, buffer.readUInt32BE(offset));
  }

  open(buffer: Buffer, offset: number, packetLength: number, sequence: number): number {
    checkPlace(this, buffer, offset, packetLength);
    this.decrypt(buffer, offset, packetLength, sequence);
    return payloadLengthOf(buffer, offset, packetLength);
  }

  abstract dispose(): void;

  /** Checks the tag and leaves the packet in clear, length field included; throws SshProtocolError.badMac(). */
  protected abstract decrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void;
}
