/** The channel types (RFC 4254 §6.1, §6.3, §7.2; OpenSSH's PROTOCOL 2.4 and PROTOCOL.agent). */
import { SshReader, SshWriter } from '../wire/index.js';

/** An address as SSH messages contain it: a host name or literal, and a port. */
export interface SshAddress {
  readonly host: string;
  readonly port: number;
}

/** The channel types that the engine decodes. `other` keeps its bytes, so that it can be forwarded. */
export type ChannelKind =
  | { readonly kind: 'session' }
  /** `target` is the address to connect to, `origin` that of the requester. */
  | { readonly kind: 'direct-tcpip'; readonly target: SshAddress; readonly origin: SshAddress }
  /** `target` is the listener that accepted the connection, `origin` the address that connected. */
  | { readonly kind: 'forwarded-tcpip'; readonly target: SshAddress; readonly origin: SshAddress }
  | { readonly kind: 'direct-streamlocal@openssh.com'; readonly path: string }
  | { readonly kind: 'forwarded-streamlocal@openssh.com'; readonly path: string }
  | { readonly kind: 'x11'; readonly origin: SshAddress }
  | { readonly kind: 'auth-agent@openssh.com' }
  | { readonly kind: 'other'; readonly name: string; readonly body: Buffer };

const MAX_HOST_BYTES = 1024;
const MAX_PATH_BYTES = 4096;

/** Reads the fields that are specific to the channel type of CHANNEL_OPEN. Throws SshProtocolError if they are malformed. */
export function decodeChannelKind(name: string, reader: SshReader): ChannelKind {
  switch (name) {
    case 'session':
    case 'auth-agent@openssh.com':
      return { kind: name };
    case 'direct-tcpip':
    case 'forwarded-tcpip':
      return { kind: name, target: readAddress(reader), origin: readAddress(reader) };
    case 'direct-streamlocal@openssh.com':
    case 'forwarded-streamlocal@openssh.com':
      return { kind: name, path: reader.readUtf8(MAX_PATH_BYTES) };
    case 'x11':
      return { kind: name, origin: readAddress(reader) };
    default:
      return { kind: 'other', name, body: Buffer.from(reader.readRest()) };
  }
}

/** Returns the name of the channel type in messages. */
export function channelKindName(kind: ChannelKind): string {
  return kind.kind === 'other' ? kind.name : kind.kind;
}

/** Writes the fields that `decodeChannelKind` reads. */
export function encodeChannelKind(writer: SshWriter, kind: ChannelKind): void {
  switch (kind.kind) {
    case 'session':
    case 'auth-agent@openssh.com':
      return;
    case 'direct-tcpip':
    case 'forwarded-tcpip':
      writeAddress(writer, kind.target);
      writeAddress(writer, kind.origin);
      return;
    case 'direct-streamlocal@openssh.com':
      writer.writeString(kind.path).writeString('').writeUint32(0);
      return;
    case 'forwarded-streamlocal@openssh.com':
      writer.writeString(kind.path).writeString('');
      return;
    case 'x11':
      writeAddress(writer, kind.origin);
      return;
    case 'other':
      writer.writeBytes(kind.body);
  }
}

const readAddress = (reader: SshReader): SshAddress => ({ host: reader.readUtf8(MAX_HOST_BYTES), port: reader.readUint32() });

const writeAddress = (writer: SshWriter, { host, port }: SshAddress): void => {
  writer.writeString(host).writeUint32(port);
};
