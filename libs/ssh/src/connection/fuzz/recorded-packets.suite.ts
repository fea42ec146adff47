/** For fuzzing: packets in clear (RFC 4253 §6), cut from a recording and put together again. */

/** The identification line, and the payloads of all packets after it: those of the key exchange too. */
export const cutRecording = (bytes: Buffer): { greeting: Buffer; payloads: Buffer[] } => {
  const end = bytes.indexOf('\r\n') + 2;
  const payloads: Buffer[] = [];
  for (let at = end; at + 5 <= bytes.length; at += 4 + bytes.readUInt32BE(at))
    payloads.push(bytes.subarray(at + 5, at + 4 + bytes.readUInt32BE(at) - bytes[at + 4]!));
  return { greeting: bytes.subarray(0, end), payloads };
};

export const frame = (payload: Buffer): Buffer => {
  const padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8);
  const packet = Buffer.alloc(5 + payload.length + padding);
  packet.writeUInt32BE(packet.length - 4);
  packet[4] = padding;
  payload.copy(packet, 5);
  return packet;
};
