/** Messages of RFC 4252 and RFC 4256, both directions. */
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Message } from '../transport/message.js';
import type { PromptSet } from './attempt.js';

/** The service that authentication leads to, and the only one there is. */
export const CONNECTION_SERVICE = 'ssh-connection';
/** The service a client asks for first. */
export const USERAUTH_SERVICE = 'ssh-userauth';

const MAX_USER_BYTES = 1024;
const MAX_PROMPTS = 64;
const MAX_ANSWER_BYTES = 4096;

/** The head of SSH_MSG_USERAUTH_REQUEST; `reader` stands at the method's own fields. */
export interface UserauthRequest {
  readonly user: string;
  readonly service: string;
  readonly method: string;
  readonly reader: SshReader;
}

/** Reads the head; throws SshProtocolError when it is malformed. */
export function decodeUserauthRequest(payload: Buffer): UserauthRequest {
  const reader = new SshReader(payload, 1);
  return { user: reader.readUtf8(MAX_USER_BYTES), service: reader.readAscii(), method: reader.readAscii(), reader };
}

/** Starts a request; the method's fields follow. */
export function beginUserauthRequest(user: string, method: string): SshWriter {
  return new SshWriter(512).writeByte(Message.userauthRequest).writeString(user).writeString(CONNECTION_SERVICE).writeString(method);
}

/** SSH_MSG_SERVICE_REQUEST or SSH_MSG_SERVICE_ACCEPT. */
export function encodeService(type: typeof Message.serviceRequest | typeof Message.serviceAccept, service: string): Buffer {
  return new SshWriter(32).writeByte(type).writeString(service).finish();
}

/** SSH_MSG_USERAUTH_FAILURE. */
export function encodeFailure(methods: readonly string[], isPartial: boolean): Buffer {
  return new SshWriter().writeByte(Message.userauthFailure).writeNameList(methods).writeBoolean(isPartial).finish();
}

/** SSH_MSG_USERAUTH_BANNER. */
export function encodeBanner(text: string): Buffer {
  return new SshWriter().writeByte(Message.userauthBanner).writeString(text).writeString('').finish();
}

/** SSH_MSG_USERAUTH_PASSWD_CHANGEREQ. */
export function encodeChangeRequest(prompt: string): Buffer {
  return new SshWriter().writeByte(Message.userauthMethodReply).writeString(prompt).writeString('').finish();
}

/** SSH_MSG_USERAUTH_PK_OK. */
export function encodePkOk(algorithm: string, blob: Buffer): Buffer {
  return new SshWriter(1024).writeByte(Message.userauthMethodReply).writeString(algorithm).writeString(blob).finish();
}

/** SSH_MSG_USERAUTH_INFO_REQUEST. */
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

/** SSH_MSG_USERAUTH_INFO_RESPONSE. */
export function encodeInfoResponse(answers: readonly string[]): Buffer {
  const writer = new SshWriter().writeByte(Message.userauthInfoResponse).writeUint32(answers.length);
  for (const answer of answers) writer.writeString(answer);
  return writer.finish();
}

/** Reads an INFO_RESPONSE that must hold `expected` answers. */
export function decodeInfoResponse(payload: Buffer, expected: number): string[] {
  const reader = new SshReader(payload, 1);
  const count = reader.readUint32();
  if (count !== expected) throw SshProtocolError.malformed(`${count} answers to ${expected} prompts`);
  const answers = Array.from({ length: count }, () => reader.readUtf8(MAX_ANSWER_BYTES));
  reader.expectEnd();
  return answers;
}

/** Reads an INFO_REQUEST. */
export function decodeInfoRequest(payload: Buffer): Required<PromptSet> {
  const reader = new SshReader(payload, 1);
  const name = reader.readUtf8();
  const instruction = reader.readUtf8();
  reader.readString();
  const count = reader.readUint32();
  if (count > MAX_PROMPTS) throw SshProtocolError.malformed(`${count} prompts; ${MAX_PROMPTS} is the limit`);
  const prompts = Array.from({ length: count }, () => ({ text: reader.readUtf8(), isEchoed: reader.readBoolean() }));
  return { name, instruction, prompts };
}

/** Reads a FAILURE. */
export function decodeFailure(payload: Buffer): { readonly methods: string[]; readonly isPartial: boolean } {
  const reader = new SshReader(payload, 1);
  return { methods: reader.readNameList(), isPartial: reader.readBoolean() };
}
