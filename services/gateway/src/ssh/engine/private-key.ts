import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { KeyUnusable } from '../ssh.errors.js';
import { SshWriter } from '../wire/index.js';
import { parseKey, type ParsedKey } from './ssh2-parts.js';

/** ssh2's own key object, which its key exchange signs with. */
export type ParsedHostKey = ParsedKey;

/** A login key: its blob, and signatures by any algorithm that fits it. */
export interface SigningKey {
  readonly type: string;
  readonly blob: Buffer;
  /** Signature blob (RFC 4253 §6.6) over `data`. */
  sign(data: Buffer, algorithm: string): Buffer;
}

/** Reads private keys of a server, one per type; throws KeyUnusable. RSA keys sign with SHA-2 only. */
export function parseHostKeys(texts: readonly string[]): Record<string, ParsedHostKey> {
  const keys: Record<string, ParsedHostKey> = {};
  for (const text of texts) {
    const key = parse(text);
    const algorithms = key.type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [key.type];
    for (const algorithm of algorithms) keys[algorithm] ??= key;
  }
  if (Object.keys(keys).length === 0) throw new KeyUnusable('No host key is given: name at least one private key file');
  return keys;
}

/** Reads a login key from OpenSSH or PEM text, unencrypted; throws KeyUnusable. */
export function parseSigningKey(text: string): SigningKey {
  const key = parse(text);
  const privateKey = createPrivateKey(key.getPrivatePEM() ?? '');
  return {
    type: key.type,
    blob: key.getPublicSSH(),
    sign: (data, algorithm) => new SshWriter().string(algorithm).string(rawSignature(privateKey, data, algorithm)).finish(),
  };
}

function parse(text: string): ParsedKey {
  const parsed = parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key || key instanceof Error) throw new KeyUnusable(`The private key can't be read: ${key?.message ?? 'it is empty'}`);
  if (!key.isPrivateKey()) throw new KeyUnusable('The key is a public one: the private key is needed');
  return key;
}

const DIGEST: Record<string, string> = {
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

function rawSignature(key: KeyObject, data: Buffer, algorithm: string): Buffer {
  if (algorithm === 'ssh-ed25519') return sign(null, data, key);
  const digest = DIGEST[algorithm];
  if (!digest) throw new KeyUnusable(`Keys of type "${algorithm}" can't log in`);
  if (algorithm.startsWith('rsa-')) return sign(digest, data, key);
  const pair = sign(digest, data, { key, dsaEncoding: 'ieee-p1363' });
  const half = pair.length / 2;
  return new SshWriter().string(asMpint(pair.subarray(0, half))).string(asMpint(pair.subarray(half))).finish();
}

/** Unsigned big-endian bytes as an mpint's content: no needless zeros, no sign bit (RFC 4251 §5). */
function asMpint(bytes: Buffer): Buffer {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first += 1;
  const magnitude = bytes.subarray(first);
  return magnitude.readUInt8(0) & 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude;
}
