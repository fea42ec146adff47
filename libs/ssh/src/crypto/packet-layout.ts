/** The layout of packets and the possible lengths (RFC 4253 §6). Shared by every cipher. */
import { SshProtocolError } from '../wire/index.js';
import { MAX_PACKET_LENGTH, PAYLOAD_OFFSET, type PacketFraming } from './packet-cipher.js';
import { fillPadding } from './padding.js';

const LENGTH_BYTES = 4;
const MIN_PADDING = 4;

/** Returns packet_length for a payload, with the shortest padding of at least 4 bytes that fills the block. */
const packetLengthFor = (framing: PacketFraming, payloadLength: number): number => {
  const counted = framing.padsLength ? LENGTH_BYTES : 0;
  const shortest = counted + 1 + payloadLength + MIN_PADDING;
  return Math.ceil(shortest / framing.blockSize) * framing.blockSize - counted;
};

/** Returns the length of the whole packet for a payload, in bytes. */
export const sealedLengthFor = (framing: PacketFraming, payloadLength: number): number =>
  LENGTH_BYTES + packetLengthFor(framing, payloadLength) + framing.tagLength;

/** Throws RangeError unless the whole packet lies inside the buffer. */
export const checkBounds = (framing: PacketFraming, buffer: Buffer, offset: number, packetLength: number): void => {
  if (packetLength > MAX_PACKET_LENGTH) throw new RangeError(`packet of ${packetLength} bytes exceeds ${MAX_PACKET_LENGTH}`);
  const end = offset + LENGTH_BYTES + packetLength + framing.tagLength;
  if (!(offset >= 0 && packetLength > 0 && end <= buffer.length)) throw new RangeError('the packet exceeds its buffer');
};

/**
 * Writes length, padding length and padding around the payload at `offset + 5`. Returns packet_length.
 * Throws RangeError if the packet does not fit.
 */
export const layOutPacket = (framing: PacketFraming, buffer: Buffer, offset: number, payloadLength: number): number => {
  if (!(payloadLength > 0)) throw new RangeError('packet without a payload');
  const packetLength = packetLengthFor(framing, payloadLength);
  checkBounds(framing, buffer, offset, packetLength);
  const padding = packetLength - payloadLength - 1;
  buffer.writeUInt32BE(packetLength, offset);
  buffer[offset + LENGTH_BYTES] = padding;
  fillPadding(buffer, offset + PAYLOAD_OFFSET + payloadLength, padding);
  return packetLength;
};

/** Returns true if a peer may send this packet_length: at least one byte of payload, whole blocks, not above the maximum. */
export const isPossibleLength = (framing: PacketFraming, packetLength: number): boolean => {
  const counted = framing.padsLength ? LENGTH_BYTES : 0;
  const hasRoom = packetLength >= 1 + 1 + MIN_PADDING && packetLength + counted >= framing.blockSize;
  return hasRoom && packetLength <= MAX_PACKET_LENGTH && (packetLength + counted) % framing.blockSize === 0;
};

/** Returns `packetLength`. Throws SshProtocolError (PROTOCOL_ERROR) if it is impossible. */
export const checkLength = (framing: PacketFraming, packetLength: number): number => {
  if (!isPossibleLength(framing, packetLength)) throw SshProtocolError.malformed(`Bad packet length ${packetLength}`);
  return packetLength;
};

/** Returns the payload length of the decrypted packet at `offset`. Throws SshProtocolError (PROTOCOL_ERROR) for impossible padding. */
export const payloadLengthOf = (buffer: Buffer, offset: number, packetLength: number): number => {
  const padding = buffer[offset + LENGTH_BYTES]!;
  const payloadLength = packetLength - 1 - padding;
  if (padding < MIN_PADDING || payloadLength < 1) throw SshProtocolError.malformed(`Bad padding length ${padding}`);
  return payloadLength;
};
