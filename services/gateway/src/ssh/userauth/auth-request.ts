import { SshReader } from '../wire/index.js';

/** One USERAUTH_REQUEST (RFC 4252 §5), read. */
export type AuthRequest = { username: string; service: string } & (
  | { method: 'none' }
  | { method: 'password'; password: string }
  | { method: 'publickey-query'; algorithm: string; blob: Buffer }
  /** `signedPart`: the bytes of the message that the signature covers, behind the session id (RFC 4252 §7). */
  | { method: 'publickey'; algorithm: string; blob: Buffer; signature: Buffer; signedPart: Buffer }
  | { method: 'keyboard-interactive' }
  | { method: 'other'; name: string }
);

/** Reads a request; throws ProtocolViolation when it ends early. A method unknown here is `other`, whatever follows its name. */
export function readAuthRequest(payload: Buffer): AuthRequest {
  const reader = new SshReader(payload, 1);
  const head = { username: reader.readText(), service: reader.readText() };
  const name = reader.readText();
  switch (name) {
    case 'none':
      return { ...head, method: 'none' };
    case 'password':
      return { ...head, ...readPassword(reader) };
    case 'publickey':
      return { ...head, ...readPublicKey(reader, payload) };
    case 'keyboard-interactive':
      return { ...head, method: 'keyboard-interactive' };
    default:
      return { ...head, method: 'other', name: name.slice(0, 64) };
  }
}

/** A password with its successor in the same message can't be judged here: changes go through keyboard-interactive. */
function readPassword(reader: SshReader): { method: 'password'; password: string } | { method: 'other'; name: string } {
  const isChange = reader.readBoolean();
  const password = reader.readText();
  return isChange ? { method: 'other', name: 'password change' } : { method: 'password', password };
}

function readPublicKey(reader: SshReader, payload: Buffer) {
  const hasSignature = reader.readBoolean();
  const algorithm = reader.readText();
  const blob = reader.readString();
  if (!hasSignature) return { method: 'publickey-query' as const, algorithm, blob };
  const signedPart = payload.subarray(0, reader.offset);
  return { method: 'publickey' as const, algorithm, blob, signature: reader.readString(), signedPart };
}
