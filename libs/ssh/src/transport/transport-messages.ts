/** The small messages of RFC 4253 §11 and OpenSSH's PROTOCOL 1.9 (ping). */
import { SshReader, SshWriter } from '../wire/index.js';
import { PeerDisconnected } from './connection-end.js';
import { Message } from './message.js';

const MAX_DESCRIPTION_CHARACTERS = 1000;

/** SSH_MSG_DISCONNECT with a reason code and a text for people. */
export function encodeDisconnect(reason: number, description: string): Buffer {
  return new SshWriter()
    .writeByte(Message.disconnect)
    .writeUint32(reason)
    .writeString(description.slice(0, MAX_DESCRIPTION_CHARACTERS))
    .writeString('')
    .finish();
}

/** What the peer said when it hung up; the language tag may be missing, as some peers leave it out. What is not printable US-ASCII becomes blank. */
export function decodeDisconnect(payload: Buffer): PeerDisconnected {
  const reader = new SshReader(payload, 1);
  const reason = reader.readUint32();
  const bytes = reader.readString().subarray(0, MAX_DESCRIPTION_CHARACTERS);
  return new PeerDisconnected(reason, String.fromCharCode(...bytes.map((byte) => (isPrintable(byte) ? byte : 0x20))));
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** SSH_MSG_UNIMPLEMENTED for a packet by its sequence number. */
export function encodeUnimplemented(sequence: number): Buffer {
  return new SshWriter(5).writeByte(Message.unimplemented).writeUint32(sequence).finish();
}

/** SSH2_MSG_PONG with the ping's data. */
export function encodePong(payload: Buffer): Buffer {
  const data = new SshReader(payload, 1).readString();
  return new SshWriter(data.length + 5).writeByte(Message.pong).writeString(data).finish();
}
