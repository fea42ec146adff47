/** The signature of the publickey method (RFC 4252 §7). */
import { SshWriter } from '../wire/index.js';
import { Message } from '../transport/message.js';
import { CONNECTION_SERVICE } from './userauth-messages.js';

/** Returns the bytes that a client signs. They bind the key to this session, this user and this algorithm. */
export function signedBytes(sessionId: Buffer, user: string, algorithm: string, blob: Buffer): Buffer {
  return new SshWriter(1024)
    .writeString(sessionId)
    .writeByte(Message.userauthRequest)
    .writeString(user)
    .writeString(CONNECTION_SERVICE)
    .writeString('publickey')
    .writeBoolean(true)
    .writeString(algorithm)
    .writeString(blob)
    .finish();
}
