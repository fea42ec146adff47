import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicKey, SignatureAlgorithm } from '../public-key.js';
import { publicKeyFromKeyObject } from '../public-key-blob.js';
import { algorithmsOf, signData, signDataInPool } from '../sign-data.js';
import type { Signer } from '../signature.js';

/** A private key in this process, which can sign at once. The secret lies in the KeyObject, outside the JavaScript heap. */
export interface PrivateKey extends Signer {
  readonly publicKey: PublicKey;
  readonly keyObject: KeyObject;
  /** The comment stored with the key; '' if its format has none. */
  readonly comment: string;
  /**
   * Returns the signature blob over `data`. Throws RangeError if the key cannot use `algorithm`.
   * `ssh-rsa` (SHA-1) is supported, although `algorithms` never lists it.
   */
  sign(algorithm: SignatureAlgorithm, data: Buffer): Buffer;
  signInPool(algorithm: SignatureAlgorithm, data: Buffer): Promise<Buffer>;
}

/** Returns the PrivateKey of a node:crypto key. Throws SshKeyError `unsupported` for a key type that SSH does not support. */
export const privateKeyFromKeyObject = (keyObject: KeyObject, comment = ''): PrivateKey => {
  const publicKey = publicKeyFromKeyObject(createPublicKey(keyObject));
  return {
    publicKey,
    keyObject,
    comment,
    algorithms: algorithmsOf(publicKey),
    sign: (algorithm, data) => signData(publicKey, keyObject, algorithm, data),
    signInPool: (algorithm, data) => signDataInPool(publicKey, keyObject, algorithm, data),
  };
};
