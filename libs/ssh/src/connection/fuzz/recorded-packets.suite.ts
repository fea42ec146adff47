/** Splits a recording into unencrypted packets and frames payloads again (RFC 4253 §6); for fuzzing. */

/** Returns the identification line and the payloads of all packets after it, including those of the key exchange. */
export const splitRecording = (bytes: Buffer): { identification: Buffer; payloads: Buffer[] } => {
  const end = bytes.indexOf('\r\n') + 2;
  const payloads: Buffer[] = [];
  for (let at = end; at + 5 <= bytes.length; at += 4 + bytes.readUInt32BE(at))
    payloads.push(bytes.subarray(at + 5, at + 4 + bytes.readUInt32BE(at) - bytes[at + 4]!));
  return { identification: bytes.subarray(0, end), payloads };
};

export const frame = (payload: Buffer): Buffer => {
  const padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8);
  const packet = Buffer.alloc(5 + payload.length + padding);
  packet.writeUInt32BE(packet.length - 4);
  packet[4] = padding;
  payload.copy(packet, 5);
  return packet;
};
