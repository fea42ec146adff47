/** Writes private keys as ssh-keygen does (OpenSSH's PROTOCOL.key): with a passphrase, encrypted with aes256-ctr and bcrypt. */
import { createCipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { SshReader, SshWriter } from '../../wire/index.js';
import type { PublicKey } from '../public-key.js';
import { bcryptPbkdf } from './bcrypt-pbkdf.js';
import { OPENSSH_KEY_MAGIC } from './openssh-envelope.js';
import type { PrivateKey } from './private-key.js';

const ROUNDS = 16;

const field = (jwk: Record<string, unknown>, name: string): Buffer => Buffer.from(String(jwk[name]), 'base64url');

const writePrivateFields = (writer: SshWriter, { type, blob }: PublicKey, keyObject: KeyObject): void => {
  const jwk = keyObject.export({ format: 'jwk' }) as Record<string, unknown>;
  if (type === 'ssh-rsa') {
    for (const name of ['n', 'e', 'd', 'qi', 'p', 'q']) writer.writeMpint(field(jwk, name));
    return;
  }
  const publicFields = new SshReader(blob);
  publicFields.readString();
  writer.writeBytes(publicFields.readRest());
  if (type === 'ssh-ed25519') writer.writeString(Buffer.concat([field(jwk, 'd'), field(jwk, 'x')]));
  else writer.writeMpint(field(jwk, 'd'));
};

const writePrivatePart = (key: PrivateKey, blockSize: number): Buffer => {
  const check = randomBytes(4);
  const writer = new SshWriter(4096).writeBytes(check).writeBytes(check).writeString(key.publicKey.type);
  writePrivateFields(writer, key.publicKey, key.keyObject);
  writer.writeString(key.comment);
  for (let pad = 1; writer.length % blockSize !== 0; pad += 1) writer.writeByte(pad);
  return writer.finish();
};

const seal = async (clear: Buffer, passphrase: Buffer): Promise<{ kdfOptions: Buffer; sealed: Buffer }> => {
  const salt = randomBytes(16);
  const material = await bcryptPbkdf(passphrase, salt, ROUNDS, 48);
  const sealed = createCipheriv('aes-256-ctr', material.subarray(0, 32), material.subarray(32)).update(clear);
  return { kdfOptions: new SshWriter().writeString(salt).writeUint32(ROUNDS).finish(), sealed };
};

/** Returns the text of an OpenSSH private key file (PROTOCOL.key), comment included. Encrypts it unless `passphrase` is empty. */
export const formatPrivateKey = async (key: PrivateKey, passphrase = ''): Promise<string> => {
  const isSealed = passphrase !== '';
  const clear = writePrivatePart(key, isSealed ? 16 : 8);
  const { kdfOptions, sealed } = isSealed
    ? await seal(clear, Buffer.from(passphrase, 'utf8'))
    : { kdfOptions: Buffer.alloc(0), sealed: clear };
  const file = new SshWriter(4096)
    .writeBytes(OPENSSH_KEY_MAGIC)
    .writeString(isSealed ? 'aes256-ctr' : 'none')
    .writeString(isSealed ? 'bcrypt' : 'none')
    .writeString(kdfOptions)
    .writeUint32(1)
    .writeString(key.publicKey.blob)
    .writeString(sealed)
    .finish();
  const lines = file
    .toString('base64')
    .match(/.{1,70}/g)!
    .join('\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
};
