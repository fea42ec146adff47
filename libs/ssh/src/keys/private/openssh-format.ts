/** Private keys in the format of ssh-keygen (OpenSSH's PROTOCOL.key). */
import type { KeyObject } from 'node:crypto';
import { SshReader } from '../../wire/index.js';
import { SshKeyError } from '../key-error.js';
import { rsaPublicKey } from '../key-object.js';
import { isKeyType, publicKeyFromKeyObject, readKeyBody } from '../public-key-blob.js';
import type { KeyType } from '../public-key.js';
import { withKeyErrors } from '../with-key-errors.js';
import { openEnvelope, readOpenSshEnvelope, type OpenSshEnvelope } from './openssh-envelope.js';
import { ecdsaPrivateKey, ed25519PrivateKey, readRsaNumbers, rsaPrivateKey } from './private-fields.js';
import { privateKeyFromKeyObject, type PrivateKey } from './private-key.js';
import { wrongPassphrase } from './wrong-passphrase.js';

/** Parses the decoded bytes of an OPENSSH PRIVATE KEY. Throws SshKeyError if it is invalid or cannot be decrypted. */
export const parseOpenSshKey = async (bytes: Buffer, passphrase: Buffer | undefined): Promise<PrivateKey> => {
  const envelope = withKeyErrors('OpenSSH private key', () => readOpenSshEnvelope(bytes));
  const clear = await openEnvelope(envelope, passphrase);
  try {
    return withKeyErrors('OpenSSH private key', () => readPrivatePart(clear, envelope));
  } finally {
    clear.fill(0);
  }
};

const readPrivatePart = (clear: Buffer, envelope: OpenSshEnvelope): PrivateKey => {
  const reader = new SshReader(clear);
  if (reader.readUint32() !== reader.readUint32()) throw checkFailed(envelope);
  const type = reader.readAscii(64);
  if (!isKeyType(type)) throw new SshKeyError('unsupported', `Key type "${type}" is not supported`);
  const keyObject = readPrivateFields(type, reader, clear);
  const key = privateKeyFromKeyObject(keyObject, reader.readString(4096).toString('utf8'));
  expectPadding(reader.readRest());
  if (!key.publicKey.blob.equals(envelope.publicKey.blob))
    throw new SshKeyError('malformed', 'Private key does not belong to the public key in its file');
  return key;
};

const checkFailed = (envelope: OpenSshEnvelope): SshKeyError =>
  envelope.cipherName === 'none'
    ? new SshKeyError('malformed', 'OpenSSH private key is damaged: its check numbers differ')
    : wrongPassphrase();

const readPrivateFields = (type: KeyType, reader: SshReader, clear: Buffer): KeyObject => {
  if (type.startsWith('sk-'))
    throw new SshKeyError('unsupported', `"${type}" keys sign only with their authenticator and cannot be used here`);
  if (type === 'ssh-rsa') return readRsaFields(reader);
  const publicKey = readKeyBody(type, reader, clear);
  if (type === 'ssh-ed25519') return ed25519PrivateKey(reader.readString(64).subarray(0, 32));
  return ecdsaPrivateKey(publicKey, reader.readMpint());
};

/** Reads the RSA numbers. The modulus precedes the exponent here, unlike in public blobs. */
const readRsaFields = (reader: SshReader): KeyObject => {
  const modulus = reader.readMpint();
  const exponent = reader.readMpint();
  return rsaPrivateKey(publicKeyFromKeyObject(rsaPublicKey(exponent, modulus)), readRsaNumbers(reader, false));
};

/** Throws SshKeyError unless the padding is 1, 2, 3, … */
const expectPadding = (padding: Buffer): void => {
  if (!padding.every((byte, i) => byte === ((i + 1) & 0xff))) throw new SshKeyError('malformed', 'OpenSSH private key has wrong padding');
};
