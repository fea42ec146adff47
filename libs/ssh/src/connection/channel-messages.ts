/** Encodes the messages of RFC 4254 §5 that address a channel. */
import { SshWriter } from '../wire/index.js';
import { Message } from '../transport/message.js';

/** Encodes a message that contains only the recipient's channel number: EOF, CLOSE, SUCCESS, FAILURE. */
export function encodeChannelMessage(type: number, recipient: number): Buffer {
  const message = Buffer.allocUnsafe(5);
  message[0] = type;
  message.writeUInt32BE(recipient, 1);
  return message;
}

/** Encodes SSH_MSG_CHANNEL_WINDOW_ADJUST. */
export function encodeWindowAdjust(recipient: number, bytes: number): Buffer {
  const message = Buffer.allocUnsafe(9);
  message[0] = Message.channelWindowAdjust;
  message.writeUInt32BE(recipient, 1);
  message.writeUInt32BE(bytes, 5);
  return message;
}

/** Encodes SSH_MSG_CHANNEL_REQUEST. */
export function encodeRequest(recipient: number, name: string, wantsReply: boolean, body: Buffer): Buffer {
  return new SshWriter(64 + body.length)
    .writeByte(Message.channelRequest)
    .writeUint32(recipient)
    .writeString(name)
    .writeBoolean(wantsReply)
    .writeBytes(body)
    .finish();
}

/** Encodes SSH_MSG_CHANNEL_OPEN_CONFIRMATION. */
export function encodeOpenConfirmation(recipient: number, sender: number, windowBytes: number, packetBytes: number): Buffer {
  return new SshWriter(17)
    .writeByte(Message.channelOpenConfirmation)
    .writeUint32(recipient)
    .writeUint32(sender)
    .writeUint32(windowBytes)
    .writeUint32(packetBytes)
    .finish();
}

/** Encodes SSH_MSG_CHANNEL_OPEN_FAILURE. */
export function encodeOpenFailure(recipient: number, reason: number, description: string): Buffer {
  return new SshWriter()
    .writeByte(Message.channelOpenFailure)
    .writeUint32(recipient)
    .writeUint32(reason)
    .writeString(description)
    .writeString('')
    .finish();
}

const DATA_HEAD = Buffer.alloc(9);
const EXTENDED_HEAD = Buffer.alloc(13);

/**
 * Encodes the start of CHANNEL_DATA or, for a stream other than 0, of CHANNEL_EXTENDED_DATA.
 * All calls share one buffer: send it before the next call.
 */
export function dataHead(recipient: number, stream: number, length: number): Buffer {
  if (stream === 0) {
    DATA_HEAD[0] = Message.channelData;
    DATA_HEAD.writeUInt32BE(recipient, 1);
    DATA_HEAD.writeUInt32BE(length, 5);
    return DATA_HEAD;
  }
  EXTENDED_HEAD[0] = Message.channelExtendedData;
  EXTENDED_HEAD.writeUInt32BE(recipient, 1);
  EXTENDED_HEAD.writeUInt32BE(stream, 5);
  EXTENDED_HEAD.writeUInt32BE(length, 9);
  return EXTENDED_HEAD;
}
