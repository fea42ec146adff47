/** PuTTY private keys, versions 2 and 3 (PuTTY manual, appendix C). */
import { createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { SshReader, SshWriter } from '../../wire/index.js';
import { SshKeyError } from '../key-error.js';
import { parsePublicKeyBlob } from '../public-key-blob.js';
import type { PublicKey } from '../public-key.js';
import { withKeyErrors } from '../with-key-errors.js';
import { ecdsaPrivateKey, ed25519PrivateKey, readRsaNumbers, rsaPrivateKey } from './private-fields.js';
import { privateKeyFromKeyObject, type PrivateKey } from './private-key.js';
import { readPuttyFile, type PuttyFile } from './putty-file.js';
import { derivePuttySecrets, type PuttySecrets } from './putty-secrets.js';
import { wrongPassphrase } from './wrong-passphrase.js';

/** Parses the text of a .ppk file. Throws SshKeyError if it is invalid or cannot be decrypted. */
export const parsePuttyKey = async (text: string, passphrase: Buffer | undefined): Promise<PrivateKey> => {
  const file = readPuttyFile(text);
  const isEncrypted = checkEncryption(file);
  if (isEncrypted && passphrase === undefined) throw new SshKeyError('encrypted', 'Private key is encrypted; a passphrase is required');
  const secrets = await derivePuttySecrets(file, isEncrypted ? passphrase : undefined);
  const clear = isEncrypted ? decrypt(file, secrets) : file.privateBlob;
  checkMac(file, secrets, clear, isEncrypted);
  return withKeyErrors('PuTTY private key', () => readKey(file, clear));
};

const checkEncryption = (file: PuttyFile): boolean => {
  if (file.encryption === 'none') return false;
  if (file.encryption !== 'aes256-cbc')
    throw new SshKeyError('unsupported', `PuTTY key file is encrypted with "${file.encryption}", which is not supported`);
  if (file.privateBlob.length % 16 !== 0) throw new SshKeyError('malformed', 'Encrypted part of the PuTTY key file has an invalid length');
  return true;
};

const decrypt = (file: PuttyFile, { cipherKey, iv }: PuttySecrets): Buffer =>
  createDecipheriv('aes-256-cbc', cipherKey, iv).setAutoPadding(false).update(file.privateBlob);

/** Checks the MAC. It covers all fields, comment included, so a wrong passphrase fails here too. */
const checkMac = (file: PuttyFile, { macKey, macDigest }: PuttySecrets, clear: Buffer, isEncrypted: boolean): void => {
  const covered = new SshWriter(4096)
    .writeString(file.algorithm)
    .writeString(file.encryption)
    .writeString(file.comment)
    .writeString(file.publicBlob)
    .writeString(clear)
    .finish();
  const expected = createHmac(macDigest, macKey).update(covered).digest();
  if (expected.length === file.mac.length && timingSafeEqual(expected, file.mac)) return;
  throw isEncrypted ? wrongPassphrase() : new SshKeyError('malformed', 'PuTTY key file is damaged: its MAC is wrong');
};

const readKey = (file: PuttyFile, clear: Buffer): PrivateKey => {
  const publicKey = parsePublicKeyBlob(file.publicBlob);
  const key = privateKeyFromKeyObject(readPrivateFields(publicKey, new SshReader(clear)), file.comment);
  if (!key.publicKey.blob.equals(publicKey.blob))
    throw new SshKeyError('malformed', 'Private key does not belong to the public key in its file');
  return key;
};

const readPrivateFields = (publicKey: PublicKey, reader: SshReader): KeyObject => {
  if (publicKey.type === 'ssh-rsa') return rsaPrivateKey(publicKey, readRsaNumbers(reader, true));
  if (publicKey.type === 'ssh-ed25519') return ed25519PrivateKey(reader.readString(32));
  if (publicKey.type.startsWith('ecdsa-')) return ecdsaPrivateKey(publicKey, reader.readMpint());
  throw new SshKeyError('unsupported', `Key type "${publicKey.type}" is not supported`);
};
