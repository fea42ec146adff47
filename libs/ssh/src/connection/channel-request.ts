/** SSH_MSG_CHANNEL_REQUEST (RFC 4254 §6, RFC 4335, OpenSSH's PROTOCOL 2.1 and PROTOCOL.agent). */
import { SshReader, SshWriter } from '../wire/index.js';

/** The size of a terminal, in characters and in pixels (0 if unknown). */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** The requests that the engine decodes. Pixel sizes and modes are as the peer sent them; `modes` are the encoded modes of RFC 4254 §8. */
export type ChannelRequestDetails =
  | ({ readonly kind: 'pty-req'; readonly term: string; readonly modes: Buffer } & TerminalSize)
  | { readonly kind: 'env'; readonly name: string; readonly value: string }
  | { readonly kind: 'shell' }
  /** The command as bytes: it need not be text. */
  | { readonly kind: 'exec'; readonly command: Buffer }
  | { readonly kind: 'subsystem'; readonly subsystem: string }
  | ({ readonly kind: 'window-change' } & TerminalSize)
  /** The signal name without the prefix SIG. */
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'break'; readonly lengthMs: number }
  | { readonly kind: 'exit-status'; readonly status: number }
  | { readonly kind: 'exit-signal'; readonly signal: string; readonly isCoreDumped: boolean; readonly message: string }
  | { readonly kind: 'x11-req'; readonly isSingle: boolean; readonly protocol: string; readonly cookie: string; readonly screen: number }
  | { readonly kind: 'auth-agent-req@openssh.com' }
  | { readonly kind: 'eow@openssh.com' }
  | { readonly kind: 'other'; readonly name: string; readonly body: Buffer };

/** A request as it arrived. */
export interface ChannelRequest {
  readonly name: string;
  readonly wantsReply: boolean;
  /** All fields after want_reply, in a buffer of their own, for forwarding the request unchanged. */
  readonly body: Buffer;
  readonly details: ChannelRequestDetails;
}

const MAX_COMMAND_BYTES = 256 * 1024;

/** Decodes the fields of a request. Throws SshProtocolError if a known request is malformed. */
export function decodeChannelRequest(name: string, body: Buffer): ChannelRequestDetails {
  const reader = new SshReader(body);
  switch (name) {
    case 'pty-req':
      return { kind: name, term: readText(reader), ...readSize(reader), modes: reader.readString() };
    case 'env':
      return { kind: name, name: readText(reader), value: readText(reader) };
    case 'shell':
    case 'auth-agent-req@openssh.com':
    case 'eow@openssh.com':
      return { kind: name };
    case 'exec':
      return { kind: name, command: reader.readString(MAX_COMMAND_BYTES) };
    case 'subsystem':
      return { kind: name, subsystem: readText(reader) };
    case 'window-change':
      return { kind: name, ...readSize(reader) };
    case 'signal':
      return { kind: name, signal: reader.readAscii() };
    case 'break':
      return { kind: name, lengthMs: reader.readUint32() };
    case 'exit-status':
      return { kind: name, status: reader.readUint32() };
    case 'exit-signal':
      return { kind: name, signal: reader.readAscii(), isCoreDumped: reader.readBoolean(), message: readText(reader) };
    case 'x11-req':
      return {
        kind: name,
        isSingle: reader.readBoolean(),
        protocol: readText(reader),
        cookie: readText(reader),
        screen: reader.readUint32(),
      };
    default:
      return { kind: 'other', name, body };
  }
}

/** Returns the name of the request in messages. */
export function channelRequestName(details: ChannelRequestDetails): string {
  return details.kind === 'other' ? details.name : details.kind;
}

/** Encodes the fields that `decodeChannelRequest` decodes. */
export function encodeChannelRequest(details: ChannelRequestDetails): Buffer {
  const writer = new SshWriter(128);
  switch (details.kind) {
    case 'pty-req':
      writer.writeString(details.term);
      writeSize(writer, details);
      return writer.writeString(details.modes).finish();
    case 'env':
      return writer.writeString(details.name).writeString(details.value).finish();
    case 'exec':
      return writer.writeString(details.command).finish();
    case 'subsystem':
      return writer.writeString(details.subsystem).finish();
    case 'window-change':
      writeSize(writer, details);
      return writer.finish();
    case 'signal':
      return writer.writeString(details.signal).finish();
    case 'break':
      return writer.writeUint32(details.lengthMs).finish();
    case 'exit-status':
      return writer.writeUint32(details.status).finish();
    case 'exit-signal':
      return writer.writeString(details.signal).writeBoolean(details.isCoreDumped).writeString(details.message).writeString('').finish();
    case 'x11-req':
      return writer
        .writeBoolean(details.isSingle)
        .writeString(details.protocol)
        .writeString(details.cookie)
        .writeUint32(details.screen)
        .finish();
    case 'other':
      return details.body;
    case 'shell':
    case 'auth-agent-req@openssh.com':
    case 'eow@openssh.com':
      return Buffer.alloc(0);
  }
}

const readText = (reader: SshReader): string => reader.readString().toString('utf8');

const readSize = (reader: SshReader): TerminalSize => ({
  columns: reader.readUint32(),
  rows: reader.readUint32(),
  widthPixels: reader.readUint32(),
  heightPixels: reader.readUint32(),
});

const writeSize = (writer: SshWriter, size: TerminalSize): void => {
  writer.writeUint32(size.columns).writeUint32(size.rows).writeUint32(size.widthPixels).writeUint32(size.heightPixels);
};
