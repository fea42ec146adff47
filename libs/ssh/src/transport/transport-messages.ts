/** The general messages of RFC 4253 §11 and OpenSSH's PROTOCOL 1.9 (ping). */
import { SshReader, SshWriter } from '../wire/index.js';
import { PeerDisconnected } from './connection-end.js';
import { Message } from './message.js';

const MAX_DESCRIPTION_CHARACTERS = 1000;

/** Encodes SSH_MSG_DISCONNECT with a reason code and a readable description. */
export function encodeDisconnect(reason: number, description: string): Buffer {
  return new SshWriter()
    .writeByte(Message.disconnect)
    .writeUint32(reason)
    .writeString(description.slice(0, MAX_DESCRIPTION_CHARACTERS))
    .writeString('')
    .finish();
}

/**
 * Decodes SSH_MSG_DISCONNECT. The language tag may be missing, as some peers omit it. A byte outside printable US-ASCII becomes a blank.
 */
export function decodeDisconnect(payload: Buffer): PeerDisconnected {
  const reader = new SshReader(payload, 1);
  const reason = reader.readUint32();
  const bytes = reader.readString().subarray(0, MAX_DESCRIPTION_CHARACTERS);
  return new PeerDisconnected(reason, String.fromCharCode(...bytes.map((byte) => (isPrintable(byte) ? byte : 0x20))));
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** Encodes SSH_MSG_UNIMPLEMENTED for the packet with this sequence number. */
export function encodeUnimplemented(sequence: number): Buffer {
  return new SshWriter(5).writeByte(Message.unimplemented).writeUint32(sequence).finish();
}

/** Encodes SSH2_MSG_PONG with the data of the ping. Throws SshProtocolError if the ping is malformed. */
export function encodePong(payload: Buffer): Buffer {
  const data = new SshReader(payload, 1).readString();
  return new SshWriter(data.length + 5).writeByte(Message.pong).writeString(data).finish();
}
