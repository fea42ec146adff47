/** SSH_MSG_EXT_INFO (RFC 8308). */
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Message } from './message.js';

const MAX_EXTENSIONS = 128;

/** Extensions by name; values are bytes whose meaning the extension defines. */
export type Extensions = ReadonlyMap<string, Buffer>;

/** The whole payload. */
export function encodeExtInfo(extensions: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(extensions);
  const writer = new SshWriter(512).writeByte(Message.extInfo).writeUint32(entries.length);
  for (const [name, value] of entries) writer.writeString(name).writeString(value);
  return writer.finish();
}

/** Reads a whole EXT_INFO payload; throws SshProtocolError when it is malformed or holds more than 128 extensions. */
export function decodeExtInfo(payload: Buffer): Extensions {
  const reader = new SshReader(payload, 1);
  const count = reader.readUint32();
  if (count > MAX_EXTENSIONS) throw SshProtocolError.malformed(`EXT_INFO holds ${count} extensions; ${MAX_EXTENSIONS} is the limit`);
  const extensions = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) extensions.set(reader.readAscii(), keep(reader.readString(64 * 1024)));
  reader.expectEnd();
  return extensions;
}

/** A copy with memory of its own: what lives as long as a connection must not keep a whole block of Node's pool alive. */
function keep(view: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(view.length);
  view.copy(copy);
  return copy;
}
