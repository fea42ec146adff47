import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicKey, SignatureAlgorithm } from '../public-key.js';
import { publicKeyFromKeyObject } from '../public-key-blob.js';
import { algorithmsOf, signData } from '../sign-data.js';
import type { Signer } from '../signature.js';

/** A private key held in this process. Signs at once. The secret lives in the KeyObject, outside the JavaScript heap. */
export interface PrivateKey extends Signer {
  readonly publicKey: PublicKey;
  readonly keyObject: KeyObject;
  /** The comment stored with the key; '' where its format has none. */
  readonly comment: string;
  /** @throws RangeError when `algorithm` is not this key's. `ssh-rsa` (SHA-1) is made when asked for, though never listed in `algorithms`. */
  sign(algorithm: SignatureAlgorithm, data: Buffer): Buffer;
}

/** A PrivateKey around node:crypto's; throws SshKeyError `unsupported` for key types SSH has no name for. */
export const privateKeyFromKeyObject = (keyObject: KeyObject, comment = ''): PrivateKey => {
  const publicKey = publicKeyFromKeyObject(createPublicKey(keyObject));
  return {
    publicKey,
    keyObject,
    comment,
    algorithms: algorithmsOf(publicKey),
    sign: (algorithm, data) => signData(publicKey, keyObject, algorithm, data),
  };
};
