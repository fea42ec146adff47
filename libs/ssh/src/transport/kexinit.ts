/** SSH_MSG_KEXINIT (RFC 4253 §7.1). */
import { randomBytes } from 'node:crypto';
import { SshReader, SshWriter } from '../wire/index.js';
import { Message } from './message.js';

/** The name-lists of a KEXINIT, each with the preferred name first. */
export interface KexInit {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly ciphersToServer: readonly string[];
  readonly ciphersToClient: readonly string[];
  readonly macsToServer: readonly string[];
  readonly macsToClient: readonly string[];
  readonly compressionToServer: readonly string[];
  readonly compressionToClient: readonly string[];
  /** first_kex_packet_follows: the peer sends a guessed key exchange packet next. */
  readonly guessFollows: boolean;
}

const COOKIE_BYTES = 16;

/** Encodes a whole KEXINIT payload, with a fresh cookie. */
export function encodeKexInit(init: KexInit): Buffer {
  const writer = new SshWriter(1024).writeByte(Message.kexInit).writeBytes(randomBytes(COOKIE_BYTES));
  for (const names of [
    init.kex,
    init.hostKey,
    init.ciphersToServer,
    init.ciphersToClient,
    init.macsToServer,
    init.macsToClient,
    init.compressionToServer,
    init.compressionToClient,
  ]) {
    writer.writeNameList(names);
  }
  return writer.writeString('').writeString('').writeBoolean(init.guessFollows).writeUint32(0).finish();
}

/** Decodes a whole KEXINIT payload. Throws SshProtocolError if it is malformed. Ignores the languages. */
export function decodeKexInit(payload: Buffer): KexInit {
  const reader = new SshReader(payload);
  reader.readBytes(1 + COOKIE_BYTES);
  const kex = reader.readNameList();
  const hostKey = reader.readNameList();
  const ciphersToServer = reader.readNameList();
  const ciphersToClient = reader.readNameList();
  const macsToServer = reader.readNameList();
  const macsToClient = reader.readNameList();
  const compressionToServer = reader.readNameList();
  const compressionToClient = reader.readNameList();
  reader.readString();
  reader.readString();
  const guessFollows = reader.readBoolean();
  reader.readUint32();
  return {
    kex,
    hostKey,
    ciphersToServer,
    ciphersToClient,
    macsToServer,
    macsToClient,
    compressionToServer,
    compressionToClient,
    guessFollows,
  };
}
