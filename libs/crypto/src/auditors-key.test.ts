import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readAuditorsKey, readAuditorsPrivateKey } from './auditors-key.js';

const folder = mkdtempSync(join(tmpdir(), 'auditors-key-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const pair = (type: 'x25519' | 'ed25519') => {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'x25519');
  const pems = {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
  return { private: file(`${type}.key`, pems.privateKey), public: file(`${type}.pub`, pems.publicKey) };
};
const auditors = pair('x25519');
const other = pair('ed25519');

it('both halves of the key have one id', () => {
  expect(readAuditorsKey({ SETTING: auditors.public }).keyId).toBe(readAuditorsPrivateKey(auditors.private).keyId);
});

it.each([
  ['the private half', auditors.private, 'must never be on a server'],
  ['a key for signatures', other.public, 'it is an ed25519 key'],
  ['another text', file('text', 'no key'), 'is not a readable X25519 public key'],
  ['a file that is not there', join(folder, 'missing'), 'ENOENT'],
])('a server refuses %s', (_, path, why) => {
  expect(() => readAuditorsKey({ GATEWAY_AUDITORS_KEY_FILE: path })).toThrow(why);
  expect(() => readAuditorsKey({ GATEWAY_AUDITORS_KEY_FILE: path })).toThrow(`GATEWAY_AUDITORS_KEY_FILE: "${path}"`);
});

it.each([
  ['the public half', auditors.public, 'it has no private key'],
  ['a key for signatures', other.private, 'it is an ed25519 key'],
  ['a key with a password', file('encrypted', '-----BEGIN ENCRYPTED PRIVATE KEY-----'), 'it has a password'],
])('%s opens nothing', (_, path, why) => {
  expect(() => readAuditorsPrivateKey(path)).toThrow(why);
});
