import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { encodePrivateKey } from './openssh-private-key.js';
import { publicBlob, type SshKeyType } from './ssh-public-blob.js';

const generate = promisify(generateKeyPair);

/** A fresh key pair in the forms that OpenSSH reads. */
export interface SshKey {
  /** OpenSSH private key file, without a passphrase. A secret. */
  readonly privateKey: string;
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
}

/** Makes a key pair: Ed25519, ECDSA on P-256, or RSA with 3072 bits. */
export async function makeSshKey(type: SshKeyType, comment: string): Promise<SshKey> {
  const key = await generatePrivateKey(type);
  const blob = publicBlob(type, key);
  const name = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return {
    privateKey: encodePrivateKey(type, key, comment),
    publicKey: `${name} ${blob.toString('base64')} ${comment}`,
    fingerprint: `SHA256:${digest}`,
  };
}

async function generatePrivateKey(type: SshKeyType): Promise<KeyObject> {
  if (type === 'ed25519') return (await generate('ed25519', {})).privateKey;
  if (type === 'ecdsa') return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
  return (await generate('rsa', { modulusLength: 3072 })).privateKey;
}
