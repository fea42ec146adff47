/** What a channel is opened for (RFC 4254 §6.1, §6.3, §7.2; OpenSSH's PROTOCOL 2.4 and PROTOCOL.agent). */
import { SshReader, SshWriter } from '../wire/index.js';

/** An address as SSH messages state it: a host name or literal and a port. */
export interface SshAddress {
  readonly host: string;
  readonly port: number;
}

/** The kinds the engine can read. `other` keeps its bytes, so it can be passed on. */
export type ChannelKind =
  | { readonly kind: 'session' }
  /** `target` is where to connect, `origin` who asked. */
  | { readonly kind: 'direct-tcpip'; readonly target: SshAddress; readonly origin: SshAddress }
  /** `target` is the listener that was connected to, `origin` who connected. */
  | { readonly kind: 'forwarded-tcpip'; readonly target: SshAddress; readonly origin: SshAddress }
  | { readonly kind: 'direct-streamlocal@openssh.com'; readonly path: string }
  | { readonly kind: 'forwarded-streamlocal@openssh.com'; readonly path: string }
  | { readonly kind: 'x11'; readonly origin: SshAddress }
  | { readonly kind: 'auth-agent@openssh.com' }
  | { readonly kind: 'other'; readonly name: string; readonly body: Buffer };

const MAX_HOST_BYTES = 1024;
const MAX_PATH_BYTES = 4096;

/** Reads what follows the fixed head of CHANNEL_OPEN; throws SshProtocolError when it is malformed. */
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

/** The channel type's name on the wire. */
export function channelKindName(kind: ChannelKind): string {
  return kind.kind === 'other' ? kind.name : kind.kind;
}

/** Writes what `decodeChannelKind` reads. */
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
