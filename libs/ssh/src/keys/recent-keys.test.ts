import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { parsePublicKeyBlob, publicKeyFromKeyObject } from './public-key-blob.js';

import { RecentKeys } from './recent-keys.js';

const aBlob = (): Buffer => publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey).blob;

it('a key that is used again is not parsed again, and changes of the given blob do not change it', () => {
  const blob = aBlob();
  const given = Buffer.from(blob);
  const key = parsePublicKeyBlob(given);
  given.fill(0);
  expect(parsePublicKeyBlob(Buffer.from(blob))).toBe(key);
  expect(key.blob).toEqual(blob);
});

it('an attacker with endless keys takes no more memory than the limit, and what does not parse is not remembered', () => {
  const recent = new RecentKeys(2);
  const [first, second, third] = [aBlob(), aBlob(), aBlob()] as const;
  const parsed: Buffer[] = [];
  const parse = (blob: Buffer): ReturnType<typeof parsePublicKeyBlob> => {
    parsed.push(blob);
    return parsePublicKeyBlob(blob);
  };
  for (const blob of [first, second, first, third, first, second]) recent.parse(blob, parse);
  expect([parsed, recent.size]).toEqual([[first, second, third, second], 2]);
  expect(() => recent.parse(Buffer.from('no key'), parse)).toThrow();
  expect(recent.size).toBe(2);
});
