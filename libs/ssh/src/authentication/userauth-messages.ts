/** Messages of RFC 4252 and RFC 4256, both directions. */
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Message } from '../transport/message.js';
import type { PromptSet } from './attempt.js';

/** The service that a client requests in its authentication requests; no other is supported. */
export const CONNECTION_SERVICE = 'ssh-connection';
/** The service that a client requests first. */
export const USERAUTH_SERVICE = 'ssh-userauth';

const MAX_USER_BYTES = 1024;
const MAX_PROMPTS = 64;
const MAX_ANSWER_BYTES = 4096;

/** The fields that every SSH_MSG_USERAUTH_REQUEST starts with. `reader` is positioned at the fields of the method. */
export interface UserauthRequest {
  readonly user: string;
  readonly service: string;
  readonly method: string;
  readonly reader: SshReader;
}

/** Reads the common fields. Throws SshProtocolError if they are malformed. */
export function decodeUserauthRequest(payload: Buffer): UserauthRequest {
  const reader = new SshReader(payload, 1);
  return { user: reader.readUtf8(MAX_USER_BYTES), service: reader.readAscii(), method: reader.readAscii(), reader };
}

/** Starts a request; the caller appends the fields of the method. */
export function beginUserauthRequest(user: string, method: string): SshWriter {
  return new SshWriter(512).writeByte(Message.userauthRequest).writeString(user).writeString(CONNECTION_SERVICE).writeString(method);
}

/** Encodes SSH_MSG_SERVICE_REQUEST or SSH_MSG_SERVICE_ACCEPT. */
export function encodeService(type: typeof Message.serviceRequest | typeof Message.serviceAccept, service: string): Buffer {
  return new SshWriter(32).writeByte(type).writeString(service).finish();
}

/** Encodes SSH_MSG_USERAUTH_FAILURE. */
export function encodeFailure(methods: readonly string[], isPartial: boolean): Buffer {
  return new SshWriter().writeByte(Message.userauthFailure).writeNameList(methods).writeBoolean(isPartial).finish();
}

/** Encodes SSH_MSG_USERAUTH_BANNER. */
export function encodeBanner(text: string): Buffer {
  return new SshWriter().writeByte(Message.userauthBanner).writeString(text).writeString('').finish();
}

/** Encodes SSH_MSG_USERAUTH_PASSWD_CHANGEREQ. */
export function encodeChangeRequest(prompt: string): Buffer {
  return new SshWriter().writeByte(Message.userauthMethodReply).writeString(prompt).writeString('').finish();
}

/** Encodes SSH_MSG_USERAUTH_PK_OK. */
export function encodePkOk(algorithm: string, blob: Buffer): Buffer {
  return new SshWriter(1024).writeByte(Message.userauthMethodReply).writeString(algorithm).writeString(blob).finish();
}

/** Encodes SSH_MSG_USERAUTH_INFO_REQUEST. */
export function encodeInfoRequest(set: PromptSet): Buffer {
  const writer = new SshWriter().writeByte(Message.userauthMethodReply);
  writer
    .writeString(set.name ?? '')
    .writeString(set.instruction ?? '')
    .writeString('')
    .writeUint32(set.prompts.length);
  for (const { text, isEchoed } of set.prompts) writer.writeString(text).writeBoolean(isEchoed);
  return writer.finish();
}

/** Encodes SSH_MSG_USERAUTH_INFO_RESPONSE. */
export function encodeInfoResponse(answers: readonly string[]): Buffer {
  const writer = new SshWriter().writeByte(Message.userauthInfoResponse).writeUint32(answers.length);
  for (const answer of answers) writer.writeString(answer);
  return writer.finish();
}

/** Reads SSH_MSG_USERAUTH_INFO_RESPONSE. Throws SshProtocolError if the number of answers is not `expected`. */
export function decodeInfoResponse(payload: Buffer, expected: number): string[] {
  const reader = new SshReader(payload, 1);
  const count = reader.readUint32();
  if (count !== expected) throw SshProtocolError.malformed(`${count} answers to ${expected} prompts`);
  const answers = Array.from({ length: count }, () => reader.readUtf8(MAX_ANSWER_BYTES));
  reader.expectEnd();
  return answers;
}

/** Reads SSH_MSG_USERAUTH_INFO_REQUEST. Throws SshProtocolError if it is malformed or has more than 64 prompts. */
export function decodeInfoRequest(payload: Buffer): Required<PromptSet> {
  const reader = new SshReader(payload, 1);
  const name = reader.readUtf8();
  const instruction = reader.readUtf8();
  reader.readString();
  const count = reader.readUint32();
  if (count > MAX_PROMPTS) throw SshProtocolError.malformed(`${count} prompts; the limit is ${MAX_PROMPTS}`);
  const prompts = Array.from({ length: count }, () => ({ text: reader.readUtf8(), isEchoed: reader.readBoolean() }));
  return { name, instruction, prompts };
}

/** Reads SSH_MSG_USERAUTH_FAILURE. Throws SshProtocolError if it is malformed. */
export function decodeFailure(payload: Buffer): { readonly methods: string[]; readonly isPartial: boolean } {
  const reader = new SshReader(payload, 1);
  return { methods: reader.readNameList(), isPartial: reader.readBoolean() };
}
