/**
 * Private keys in PEM: PKCS#1 and SEC1 (RFC 8017, RFC 5915; also with the old DEK-Info encryption), PKCS#8 plain and encrypted (RFC 5958).
 */
import { createPrivateKey } from 'node:crypto';
import { SshKeyError } from '../key-error.js';
import { privateKeyFromKeyObject, type PrivateKey } from './private-key.js';
import { checkPkcs8Cost } from './pkcs8-cost.js';
import { wrongPassphrase } from './wrong-passphrase.js';

const isEncrypted = (text: string): boolean => /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(text);

/** Parses the text of a PEM file. Throws SshKeyError if it is invalid or cannot be decrypted. */
export const parsePemKey = (text: string, passphrase: Buffer | undefined): PrivateKey => {
  const encrypted = isEncrypted(text);
  if (encrypted && passphrase === undefined) throw new SshKeyError('encrypted', 'Private key is encrypted; a passphrase is required');
  if (encrypted) checkPkcs8Cost(text);
  return privateKeyFromKeyObject(importPem(text, encrypted ? passphrase : undefined));
};

const importPem = (text: string, passphrase: Buffer | undefined) => {
  try {
    return createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    throw passphrase === undefined ? new SshKeyError('malformed', 'PEM private key cannot be parsed', { cause }) : wrongPassphrase(cause);
  }
};
