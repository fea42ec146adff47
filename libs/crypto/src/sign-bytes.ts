import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { keyIdOf } from './dsse.js';
import { sha256 } from './token.js';

/** Signs bytes with one Ed25519 key. The key is parsed once. */
export class ByteSigner {
  private readonly key: KeyObject;
  /** SHA-256 of the public key (SPKI DER), hex. */
  readonly keyId: string;

  /** `privateKeyPem` is PKCS#8. */
  constructor(privateKeyPem: string) {
    this.key = createPrivateKey(privateKeyPem);
    this.keyId = keyIdOf(createPublicKey(this.key));
  }

  /** Returns the signature, 64 bytes. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.key);
  }
}

/** Verifies signatures of several Ed25519 keys. Each key is parsed once. */
export class ByteVerifier {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  /** `publicKeyPems` are SPKI. */
  constructor(publicKeyPems: readonly string[]) {
    this.keys = new Map(publicKeyPems.map((pem) => createPublicKey(pem)).map((key) => [keyIdOf(key), key]));
  }

  /** Returns the ids of the keys. */
  get keyIds(): string[] {
    return [...this.keys.keys()];
  }

  /** Returns SHA-256 in hex. */
  sha256(bytes: Uint8Array): string {
    return sha256(bytes);
  }

  /** Returns true if the key of this id signed the bytes; undefined if the key is not among those given. */
  verify(keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean | undefined {
    const key = this.keys.get(keyId);
    return key && verify(null, bytes, key, signature);
  }
}
