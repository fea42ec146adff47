import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyIdOf } from './dsse.js';
import { HpkeSender } from './hpke.js';
import { type FileSetting, only } from './read-keys.js';

/** Half of the auditors' X25519 key. */
export interface AuditorsKey {
  readonly key: KeyObject;
  /** SHA-256 of the public key (SPKI DER), hex. Sealed frames name it. */
  readonly keyId: string;
}

/** Reads the public half and seals once with it. Throws an Error that names the setting and the file, also for a private key. */
export function readAuditorsKey(setting: FileSetting<string>): AuditorsKey {
  const [name, file] = only(setting);
  return reading(`${name}: "${file}" is not a readable X25519 public key in PEM`, file, (pem) => {
    if (pem.includes('PRIVATE KEY'))
      throw new Error('it is the private key, which must never be on a server; take its public half (openssl pkey -pubout)');
    const key = ofX25519(createPublicKey(pem));
    new HpkeSender(key, Buffer.alloc(0));
    return { key, keyId: keyIdOf(key) };
  });
}

/** Reads the private half. Throws an Error that names the file. */
export function readAuditorsPrivateKey(file: string): AuditorsKey {
  return reading(`"${file}" is not a readable X25519 private key in PEM`, file, (pem) => {
    if (!pem.includes('PRIVATE KEY')) throw new Error('it has no private key');
    if (pem.includes('ENCRYPTED')) throw new Error('it has a password; remove that first (openssl pkey -in … -out …)');
    const key = ofX25519(createPrivateKey(pem));
    return { key, keyId: keyIdOf(createPublicKey(key)) };
  });
}

function ofX25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'x25519') throw new Error(`it is an ${key.asymmetricKeyType} key`);
  return key;
}

function reading<T>(problem: string, file: string, read: (pem: string) => T): T {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${problem}: ${(error as Error).message}`, { cause: error });
  }
}
