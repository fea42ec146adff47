/**
 * The contract of the packet ciphers (RFC 4253 §6, RFC 5647; PROTOCOL and PROTOCOL.chacha20poly1305 of OpenSSH). Every packet lies at one
 * offset of the caller's buffer, and is encrypted and decrypted there:
 *
 *     offset         offset+4    offset+5                                   offset+4+packetLength
 *     | packet_length | padding_length | payload (payloadLength) | padding | tag (tagLength) |
 *
 * `packetLength` counts everything between the length field and the tag. After `open` the buffer contains the decrypted packet, length
 * field included, so it can be encrypted again in place for another peer (see {@link canReseal}).
 * The transport counts the sequence numbers (uint32, reset by strict key exchange); ciphers that need none ignore them.
 */

/** Largest packet_length that is accepted or sent, in bytes (OpenSSH's PACKET_MAX_SIZE). */
export const MAX_PACKET_LENGTH = 256 * 1024;

/** Offset of the payload from the start of the packet: after packet_length and padding_length. */
export const PAYLOAD_OFFSET = 5;

/** The layout of packets. Between two ciphers with equal layouts, packets can be forwarded without laying them out again. */
export interface PacketFraming {
  /** packet_length (with its own 4 bytes if `padsLength`) is a multiple of this many bytes; at least 8. */
  readonly blockSize: number;
  /** True if the length field counts towards the block (encrypt-and-MAC, RFC 4253 §6); false for AEAD and encrypt-then-MAC. */
  readonly padsLength: boolean;
  /** Length of the AEAD tag or MAC after the packet; 0 before the first key exchange. */
  readonly tagLength: number;
}

/** Encrypts the packets of one direction with one set of keys. Call it in the order in which the packets are sent. */
export interface PacketSealer extends PacketFraming {
  /** Returns the length of the whole encrypted packet for a payload of `payloadLength` bytes: length field, padding and tag included. */
  sealedLength(payloadLength: number): number;

  /**
   * Encrypts in place the payload at `buffer[offset + 5, …+payloadLength)`: writes length, padding length, random padding and tag around
   * it.
   * The buffer must have {@link sealedLength} bytes from `offset` on.
   * @param sequence this packet's sequence number (uint32).
   * @returns bytes of the encrypted packet, from `offset` on.
   * @throws RangeError if the packet does not fit its buffer or exceeds MAX_PACKET_LENGTH. Nothing is encrypted then.
   */
  seal(buffer: Buffer, offset: number, payloadLength: number, sequence: number): number;

  /**
   * Encrypts to `place[offset, …)` a decrypted packet at `clear[clearOffset, …)`, as {@link PacketOpener.open} leaves it, with its padding.
   * Both positions may be equal; they must not overlap otherwise. Only for layouts that {@link canReseal} allows.
   * @param packetLength value of its length field.
   * @returns bytes of the encrypted packet, from `offset` on.
   * @throws RangeError as {@link seal}.
   */
  reseal(clear: Buffer, clearOffset: number, packetLength: number, place: Buffer, offset: number, sequence: number): number;

  /** Wipes the keys and frees native memory. Later calls throw. May be called twice. */
  dispose(): void;
}

/** Decrypts the packets of one direction with one set of keys. Call it in the order in which the packets arrive. */
export interface PacketOpener extends PacketFraming {
  /** Number of bytes of a packet that {@link readLength} needs. */
  readonly headerLength: number;

  /**
   * Returns packet_length, read from the first `headerLength` bytes of a packet, without changing the buffer.
   * May be called again for the same packet. The whole packet has `4 + result + tagLength` bytes.
   * @throws SshProtocolError PROTOCOL_ERROR for an impossible length: too short, not a multiple of the block, above MAX_PACKET_LENGTH.
   * A CBC cipher instead returns MAX_PACKET_LENGTH and then fails in `open`. Like OpenSSH, it hides from the peer how a block was decrypted
   * (CVE-2008-5161).
   */
  readLength(buffer: Buffer, offset: number, sequence: number): number;

  /**
   * Checks and decrypts in place the packet at `offset`, all of whose `4 + packetLength + tagLength` bytes have arrived.
   * @param packetLength the result of {@link readLength} for this packet.
   * @returns payloadLength, at least 1; the payload is `buffer[offset + 5, …+payloadLength)`.
   * @throws SshProtocolError MAC_ERROR if the packet was modified, PROTOCOL_ERROR if its padding is impossible. The content of the buffer
   * is then undefined and the connection must end.
   */
  open(buffer: Buffer, offset: number, packetLength: number, sequence: number): number;

  /** Wipes the keys and frees native memory. Later calls throw. May be called twice. */
  dispose(): void;
}

/** Returns true if `to` may encrypt packets that `from` decrypted in place, with unchanged payload and padding. */
export const canReseal = (from: PacketFraming, to: PacketFraming): boolean =>
  !from.padsLength && !to.padsLength && from.tagLength === to.tagLength && from.blockSize % to.blockSize === 0;
