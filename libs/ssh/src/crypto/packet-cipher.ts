/**
 * The packet ciphers' contract (RFC 4253 §6, RFC 5647, PROTOCOL and PROTOCOL.chacha20poly1305 of OpenSSH). Every packet lies in
 * one place of a caller-owned buffer, and is sealed and opened there:
 *
 *     offset         offset+4    offset+5                                   offset+4+packetLength
 *     | packet_length | padding_length | payload (payloadLength) | padding | tag (tagLength) |
 *
 * `packetLength` counts everything between the length field and the tag. After `open` the place holds the packet in clear,
 * length field included, so it can be re-sealed as it lies for another peer (see {@link canReseal}).
 * Sequence numbers belong to the transport (uint32, reset by strict key exchange); ciphers that need none ignore them.
 */

/** Largest packet_length accepted or made, in bytes (OpenSSH's PACKET_MAX_SIZE). */
export const MAX_PACKET_LENGTH = 256 * 1024;

/** Where the payload starts, counted from the packet's offset: after packet_length and padding_length. */
export const PAYLOAD_OFFSET = 5;

/** What decides how a packet lies in its place; two ciphers with the same framing can pass packets on without laying them out again. */
export interface PacketFraming {
  /** packet_length (with its own 4 bytes if `padsLength`) is a multiple of this many bytes; at least 8. */
  readonly blockSize: number;
  /** True where the length field counts towards the block (encrypt-and-MAC, RFC 4253 §6); false for AEAD and encrypt-then-MAC. */
  readonly padsLength: boolean;
  /** Bytes after the packet: AEAD tag or MAC; 0 before the first key exchange. */
  readonly tagLength: number;
}

/** Makes the packets of one direction with one set of keys. Calls must be in the order in which packets are sent. */
export interface PacketSealer extends PacketFraming {
  /** Bytes of the whole sealed packet (length field, padding and tag included) for a payload of `payloadLength` bytes. */
  sealedLength(payloadLength: number): number;

  /**
   * Seals the payload that lies at `buffer[offset + 5, …+payloadLength)`: writes length, padding length, random padding and tag
   * around it and encrypts in place. The buffer must have {@link sealedLength} bytes from `offset` on.
   * @param sequence this packet's sequence number (uint32).
   * @returns bytes of the sealed packet, from `offset` on.
   * @throws RangeError when the packet does not fit its buffer or exceeds MAX_PACKET_LENGTH. Nothing was sealed then.
   */
  seal(buffer: Buffer, offset: number, payloadLength: number, sequence: number): number;

  /**
   * Seals at `place[offset, …)` a packet that lies in clear at `clear[clearOffset, …)`, as {@link PacketOpener.open} leaves it, keeping its
   * padding. Both places may be one; they must not overlap otherwise. Only for framings that {@link canReseal} allows.
   * @param packetLength value of its length field.
   * @returns bytes of the sealed packet, from `offset` on.
   * @throws RangeError as {@link seal}.
   */
  reseal(clear: Buffer, clearOffset: number, packetLength: number, place: Buffer, offset: number, sequence: number): number;

  /** Wipes key material and frees what is native. Later calls throw. Calling it twice is allowed. */
  dispose(): void;
}

/** Opens the packets of one direction with one set of keys. Calls must be in the order in which packets arrive. */
export interface PacketOpener extends PacketFraming {
  /** Bytes that must have arrived before {@link readLength} can tell the packet's length. */
  readonly headerLength: number;

  /**
   * Tells packet_length from the first `headerLength` bytes of a packet, without changing the buffer. May be called again for
   * the same packet. The whole packet is `4 + result + tagLength` bytes.
   * @throws SshProtocolError PROTOCOL_ERROR when the length is impossible (too short, not a multiple of the block, above
   *   MAX_PACKET_LENGTH). A CBC cipher instead answers MAX_PACKET_LENGTH and then fails in `open`, so that the peer does not learn
   *   what a block decrypted to (CVE-2008-5161, as OpenSSH does).
   */
  readLength(buffer: Buffer, offset: number, sequence: number): number;

  /**
   * Checks and decrypts in place the packet at `offset`, all of whose `4 + packetLength + tagLength` bytes have arrived.
   * @param packetLength what {@link readLength} answered for this packet.
   * @returns payloadLength, at least 1; the payload is `buffer[offset + 5, …+payloadLength)`.
   * @throws SshProtocolError MAC_ERROR when the packet was changed, PROTOCOL_ERROR when its padding is impossible. The buffer's content is
   *   then undefined and the connection must end.
   */
  open(buffer: Buffer, offset: number, packetLength: number, sequence: number): number;

  /** Wipes key material and frees what is native. Later calls throw. Calling it twice is allowed. */
  dispose(): void;
}

/** True when packets opened by `from` may be re-sealed by `to` as they lie, payload and padding unchanged. */
export const canReseal = (from: PacketFraming, to: PacketFraming): boolean =>
  !from.padsLength && !to.padsLength && from.tagLength === to.tagLength && from.blockSize % to.blockSize === 0;
