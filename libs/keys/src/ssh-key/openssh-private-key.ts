import { randomBytes, type KeyObject } from 'node:crypto';
import { bytes, ecPoint, field, mpint, publicBlob, text, type SshKeyType } from './ssh-public-blob.js';

/**
 * Encodes the file format of OpenSSH's PROTOCOL.key, unencrypted. It is the one form of all three key types that OpenSSH and npm ssh2 both
 * read: neither reads an Ed25519 key as PKCS#8.
 */
export function encodePrivateKey(type: SshKeyType, key: KeyObject, comment: string): string {
  const check = randomBytes(4);
  const secret = pad(Buffer.concat([check, check, privateFields(type, key), text(comment)]));
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    one,
    bytes(publicBlob(type, key)),
    bytes(secret),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function privateFields(type: SshKeyType, key: KeyObject): Buffer {
  const jwk = key.export({ format: 'jwk' });
  if (type === 'ed25519') {
    const x = field(jwk, 'x');
    return Buffer.concat([text('ssh-ed25519'), bytes(x), bytes(Buffer.concat([field(jwk, 'd'), x]))]);
  }
  if (type === 'ecdsa') return Buffer.concat([text('ecdsa-sha2-nistp256'), text('nistp256'), bytes(ecPoint(jwk)), mpint(field(jwk, 'd'))]);
  const numbers = (['n', 'e', 'd', 'qi', 'p', 'q'] as const).map((name) => mpint(field(jwk, name)));
  return Buffer.concat([text('ssh-rsa'), ...numbers]);
}

/** Pads with 1, 2, 3, … up to the cipher's block, which is 8 for "none". */
function pad(plain: Buffer): Buffer {
  const missing = (8 - (plain.length % 8)) % 8;
  return Buffer.concat([plain, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
