/** SSH_MSG_GLOBAL_REQUEST (RFC 4254 §4 and §7.1, OpenSSH's PROTOCOL 2.2, 2.4 and 2.5). */
import { SshReader, SshWriter } from '../wire/index.js';
import type { SshAddress } from './channel-kind.js';

/** The requests that an application decides on. The engine answers keepalives and host key rotation itself. */
export type GlobalRequestDetails =
  /** Port 0 requests any free port: reply with `encodeBoundPort`. */
  | { readonly kind: 'tcpip-forward'; readonly address: SshAddress }
  | { readonly kind: 'cancel-tcpip-forward'; readonly address: SshAddress }
  | { readonly kind: 'streamlocal-forward@openssh.com'; readonly path: string }
  | { readonly kind: 'cancel-streamlocal-forward@openssh.com'; readonly path: string }
  | { readonly kind: 'other'; readonly name: string; readonly body: Buffer };

/** A request as it arrived. */
export interface GlobalRequest {
  readonly name: string;
  readonly wantsReply: boolean;
  /** All fields after want_reply, in a buffer of their own. */
  readonly body: Buffer;
  readonly details: GlobalRequestDetails;
}

/** False refuses the request; true grants it; bytes grant it and are the content of REQUEST_SUCCESS. */
export type GlobalReply = boolean | Buffer;

/** Decodes the fields of a request. Throws SshProtocolError if a known request is malformed. */
export function decodeGlobalRequest(name: string, body: Buffer): GlobalRequestDetails {
  const reader = new SshReader(body);
  switch (name) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
      return { kind: name, address: { host: reader.readUtf8(), port: reader.readUint32() } };
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return { kind: name, path: reader.readUtf8() };
    default:
      return { kind: 'other', name, body };
  }
}

/** Encodes the fields that `decodeGlobalRequest` decodes. */
export function encodeGlobalRequest(details: GlobalRequestDetails): { readonly name: string; readonly body: Buffer } {
  switch (details.kind) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
      return { name: details.kind, body: new SshWriter().writeString(details.address.host).writeUint32(details.address.port).finish() };
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return { name: details.kind, body: new SshWriter().writeString(details.path).finish() };
    case 'other':
      return { name: details.name, body: details.body };
  }
}

/** Encodes the reply to a tcpip-forward request with port 0 (RFC 4254 §7.1). */
export function encodeBoundPort(port: number): Buffer {
  return new SshWriter(4).writeUint32(port).finish();
}

/** Returns the port in the reply to a tcpip-forward request with port 0 (RFC 4254 §7.1); undefined if it contains none. */
export function decodeBoundPort(reply: Buffer): number | undefined {
  return reply.length >= 4 ? reply.readUInt32BE(0) : undefined;
}
