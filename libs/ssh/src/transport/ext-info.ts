/** SSH_MSG_EXT_INFO (RFC 8308). */
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Message } from './message.js';

const MAX_EXTENSIONS = 128;

/** Extensions by name. The extension defines the meaning of its value. */
export type Extensions = ReadonlyMap<string, Buffer>;

/** Encodes a whole SSH_MSG_EXT_INFO payload. */
export function encodeExtInfo(extensions: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(extensions);
  const writer = new SshWriter(512).writeByte(Message.extInfo).writeUint32(entries.length);
  for (const [name, value] of entries) writer.writeString(name).writeString(value);
  return writer.finish();
}

/** Decodes a whole EXT_INFO payload. Throws SshProtocolError if it is malformed or contains more than 128 extensions. */
export function decodeExtInfo(payload: Buffer): Extensions {
  const reader = new SshReader(payload, 1);
  const count = reader.readUint32();
  if (count > MAX_EXTENSIONS) throw SshProtocolError.malformed(`EXT_INFO contains ${count} extensions; the limit is ${MAX_EXTENSIONS}`);
  const extensions = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) extensions.set(reader.readAscii(), keep(reader.readString(64 * 1024)));
  reader.expectEnd();
  return extensions;
}

/**
 * Copies a value into memory of its own. A small view that lives as long as its connection would keep a whole block of Node's pool alive.
 */
function keep(view: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(view.length);
  view.copy(copy);
  return copy;
}
