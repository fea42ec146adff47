/** The parts that all packet ciphers share: layout and checks. The subclasses contain only the cryptography. */
import { checkLength, checkBounds, layOutPacket, payloadLengthOf, sealedLengthFor } from './packet-layout.js';
import type { PacketFraming, PacketOpener, PacketSealer } from './packet-cipher.js';

/** A sealer whose subclass encrypts a packet that is laid out already. */
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
    checkBounds(this, place, offset, packetLength);
    this.encryptFrom(clear, clearOffset, packetLength, place, offset, sequence);
    return 4 + packetLength + this.tagLength;
  }

  abstract dispose(): void;

  /** Encrypts a packet from another buffer. A subclass that can read from one buffer and write to another need not copy first. */
  protected encryptFrom(clear: Buffer, clearOffset: number, packetLength: number, place: Buffer, offset: number, sequence: number): void {
    if (clear !== place || clearOffset !== offset) clear.copy(place, offset, clearOffset, clearOffset + 4 + packetLength);
    this.encrypt(place, offset, packetLength, sequence);
  }

  /** Encrypts in place the packet whose length field, payload and padding start at `offset`, and writes its tag. */
  protected abstract encrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void;
}

/** An opener whose length field is not encrypted, unless the subclass overrides that. */
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
    checkBounds(this, buffer, offset, packetLength);
    this.decrypt(buffer, offset, packetLength, sequence);
    return payloadLengthOf(buffer, offset, packetLength);
  }

  abstract dispose(): void;

  /** Checks the tag and decrypts the packet in place, length field included. Throws SshProtocolError (MAC_ERROR). */
  protected abstract decrypt(buffer: Buffer, offset: number, packetLength: number, sequence: number): void;
}
