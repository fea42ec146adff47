/** The outer part of an OpenSSH private key file (OpenSSH's PROTOCOL.key §1-3): plain public key, encrypted private part. */
import { createDecipheriv, type DecipherGCM } from 'node:crypto';
import { SshReader } from '../../wire/index.js';
import { SshKeyError } from '../key-error.js';
import { parsePublicKeyBlob } from '../public-key-blob.js';
import type { PublicKey } from '../public-key.js';
import { withKeyErrors } from '../with-key-errors.js';
import { bcryptPbkdf } from './bcrypt-pbkdf.js';
import { wrongPassphrase } from './wrong-passphrase.js';

/** The first bytes of a decoded OpenSSH private key file. */
export const OPENSSH_KEY_MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');

/** ssh-keygen uses 16 or 24 rounds by default. Each round costs milliseconds, so a hostile file must not choose the number freely. */
const MAX_ROUNDS = 1024;

interface FileCipher {
  readonly opensslName: string;
  readonly keyLength: number;
  readonly ivLength: number;
  readonly blockSize: number;
  readonly tagLength: number;
}

const cbcOrCtr = (opensslName: string, keyLength: number, blockSize = 16): FileCipher => ({
  opensslName,
  keyLength,
  ivLength: blockSize,
  blockSize,
  tagLength: 0,
});
const gcm = (opensslName: string, keyLength: number): FileCipher => ({
  opensslName,
  keyLength,
  ivLength: 12,
  blockSize: 16,
  tagLength: 16,
});

const FILE_CIPHERS: ReadonlyMap<string, FileCipher> = new Map(
  Object.entries({
    'aes256-ctr': cbcOrCtr('aes-256-ctr', 32),
    'aes192-ctr': cbcOrCtr('aes-192-ctr', 24),
    'aes128-ctr': cbcOrCtr('aes-128-ctr', 16),
    'aes256-cbc': cbcOrCtr('aes-256-cbc', 32),
    'aes192-cbc': cbcOrCtr('aes-192-cbc', 24),
    'aes128-cbc': cbcOrCtr('aes-128-cbc', 16),
    '3des-cbc': cbcOrCtr('des-ede3-cbc', 24, 8),
    'aes256-gcm@openssh.com': gcm('aes-256-gcm', 32),
    'aes128-gcm@openssh.com': gcm('aes-128-gcm', 16),
  }),
);

/** The fields of the file before decryption. */
export interface OpenSshEnvelope {
  readonly cipherName: string;
  readonly kdfName: string;
  readonly kdfOptions: Buffer;
  readonly publicKey: PublicKey;
  readonly sealed: Buffer;
  readonly tag: Buffer;
}

/** Reads the outer fields. Throws SshKeyError or SshProtocolError if they are malformed. */
export const readOpenSshEnvelope = (bytes: Buffer): OpenSshEnvelope => {
  if (!bytes.subarray(0, OPENSSH_KEY_MAGIC.length).equals(OPENSSH_KEY_MAGIC))
    throw new SshKeyError('malformed', 'OpenSSH private key does not start with "openssh-key-v1"');
  const reader = new SshReader(bytes, OPENSSH_KEY_MAGIC.length);
  const [cipherName, kdfName, kdfOptions] = [reader.readAscii(64), reader.readAscii(64), reader.readString(1024)];
  const count = reader.readUint32();
  if (count !== 1) throw new SshKeyError('unsupported', `OpenSSH private key file contains ${count} keys; only one is supported`);
  const publicKey = parsePublicKeyBlob(reader.readString());
  return { cipherName, kdfName, kdfOptions, publicKey, sealed: reader.readString(), tag: reader.readRest() };
};

/**
 * Returns the decrypted private part. Throws SshKeyError: `encrypted` without a passphrase, `wrong-passphrase` if the cipher detects it.
 */
export const openEnvelope = async (envelope: OpenSshEnvelope, passphrase: Buffer | undefined): Promise<Buffer> => {
  if (envelope.cipherName === 'none') return envelope.sealed;
  const cipher = FILE_CIPHERS.get(envelope.cipherName);
  if (cipher === undefined)
    throw new SshKeyError('unsupported', `Private key is encrypted with "${envelope.cipherName}", which is not supported`);
  if (passphrase === undefined) throw new SshKeyError('encrypted', 'Private key is encrypted; a passphrase is required');
  const { salt, rounds } = withKeyErrors('OpenSSH private key', () => readKdf(envelope));
  if (envelope.sealed.length % cipher.blockSize !== 0 || envelope.tag.length !== cipher.tagLength)
    throw new SshKeyError('malformed', 'Encrypted part of the private key has an invalid length');
  const material = await bcryptPbkdf(passphrase, salt, rounds, cipher.keyLength + cipher.ivLength);
  return unseal(cipher, material, envelope);
};

const readKdf = ({ kdfName, kdfOptions }: OpenSshEnvelope): { salt: Buffer; rounds: number } => {
  if (kdfName !== 'bcrypt') throw new SshKeyError('unsupported', `Private key uses key derivation "${kdfName}", which is not supported`);
  const reader = new SshReader(kdfOptions);
  const salt = reader.readString(256);
  const rounds = reader.readUint32();
  if (salt.length === 0 || rounds < 1 || rounds > MAX_ROUNDS)
    throw new SshKeyError('unsupported', `Private key requires ${rounds} rounds of bcrypt; 1 to ${MAX_ROUNDS} are supported`);
  return { salt, rounds };
};

const unseal = (cipher: FileCipher, material: Buffer, { sealed, tag }: OpenSshEnvelope): Buffer => {
  const key = material.subarray(0, cipher.keyLength);
  const decipher = createDecipheriv(cipher.opensslName, key, material.subarray(cipher.keyLength));
  decipher.setAutoPadding(false);
  if (cipher.tagLength > 0) (decipher as DecipherGCM).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (cause) {
    throw wrongPassphrase(cause);
  } finally {
    material.fill(0);
  }
};
