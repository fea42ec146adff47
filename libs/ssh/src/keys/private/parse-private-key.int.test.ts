import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import {
  fingerprint,
  formatPrivateKey,
  formatPublicKeyLine,
  generatePrivateKey,
  parsePrivateKey,
  verifySignature,
  type PrivateKey,
} from '../index.js';
import { blobOfLine, openWorkshop, type Workshop } from '../ssh-keygen.suite.js';

const KEY_TYPES = [
  ['ed25519', []],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '384']],
  ['ecdsa', ['-b', '521']],
  ['rsa', ['-b', '2048']],
] as const;

const PASSPHRASE = 'correct hörse';
let shop: Workshop;
let serial = 0;

beforeAll(() => {
  shop = openWorkshop();
});
afterAll(() => shop.remove());

const newKey = (type: string, size: readonly string[], passphrase: string, ...more: string[]): string => {
  const name = `key${(serial += 1)}`;
  shop.keygen('-q', '-t', type, ...size, '-N', passphrase, '-C', 'someone@somewhere', '-f', name, ...more);
  return name;
};

/** The parsed key signs, and its signature verifies against the public key that the tool wrote. */
const expectSameKey = (key: PrivateKey, publicLine: string): void => {
  expect(key.publicKey.blob).toEqual(blobOfLine(publicLine));
  const data = Buffer.from('data to sign');
  for (const algorithm of key.algorithms) {
    const signature = key.sign(algorithm, data);
    expect(verifySignature(key.publicKey, algorithm, data, signature)).toEqual({ isValid: true });
    expect(verifySignature(key.publicKey, algorithm, Buffer.from('data to sigh'), signature).isValid).toBe(false);
  }
};

const problemOf = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'parsed',
    (error) => error.problem ?? error,
  );

describe.each(KEY_TYPES)('private key files of type %s %j', (type, size) => {
  it('are read in the OpenSSH form, with comment and fingerprint as ssh-keygen shows them', async () => {
    const name = newKey(type, size, '');
    const key = await parsePrivateKey(shop.read(name));
    expectSameKey(key, shop.read(`${name}.pub`));
    expect(key.comment).toBe('someone@somewhere');
    const shown = shop.keygen('-l', '-f', name);
    expect(shown.split(' ').slice(0, 2)).toEqual([String(key.publicKey.bits), fingerprint(key.publicKey)]);
    expect(shop.keygen('-l', '-E', 'md5', '-f', name).split(' ')[1]).toBe(fingerprint(key.publicKey, 'md5'));
  });

  it('are read in the encrypted OpenSSH form, and only with the passphrase', async () => {
    const name = newKey(type, size, PASSPHRASE, '-a', '2');
    expectSameKey(await parsePrivateKey(shop.read(name), PASSPHRASE), shop.read(`${name}.pub`));
    expect(await problemOf(parsePrivateKey(shop.read(name)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(shop.read(name), 'wrong'))).toBe('wrong-passphrase');
  });

  it('are read as PKCS#8, in clear and encrypted', async () => {
    const name = newKey(type, size, PASSPHRASE, '-a', '2');
    const pub = shop.read(`${name}.pub`);
    const key = await parsePrivateKey(shop.read(name), PASSPHRASE);
    const clear = key.keyObject.export({ format: 'pem', type: 'pkcs8' });
    const sealed = key.keyObject.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: PASSPHRASE });
    expectSameKey(await parsePrivateKey(clear), pub);
    expectSameKey(await parsePrivateKey(sealed, PASSPHRASE), pub);
    expect(await problemOf(parsePrivateKey(sealed))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(sealed, 'wrong'))).toBe('wrong-passphrase');
  });

  it.each(['2', '3'])('are read as PuTTY version %s, in clear and encrypted', async (version) => {
    const name = newKey(type, size, '');
    const pub = shop.read(`${name}.pub`);
    const args = ['-O', 'private', '--ppk-param', `version=${version},time=20`];
    writeFileSync(shop.path('none'), '');
    writeFileSync(shop.path('new'), PASSPHRASE);
    shop.run('/usr/bin/puttygen', name, '-o', `${name}.ppk`, ...args, '--new-passphrase', 'none');
    shop.run('/usr/bin/puttygen', name, '-o', `${name}.sealed.ppk`, ...args, '--new-passphrase', 'new');
    expect(shop.read(`${name}.sealed.ppk`)).toContain(`PuTTY-User-Key-File-${version}`);
    expectSameKey(await parsePrivateKey(shop.read(`${name}.ppk`)), pub);
    const key = await parsePrivateKey(shop.read(`${name}.sealed.ppk`), PASSPHRASE);
    expectSameKey(key, pub);
    expect(key.comment).toBe('someone@somewhere');
    expect(await problemOf(parsePrivateKey(shop.read(`${name}.sealed.ppk`)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(shop.read(`${name}.sealed.ppk`), 'wrong'))).toBe('wrong-passphrase');
  });
});

describe('traditional PEM', () => {
  it.each([
    ['rsa', ['-b', '2048']],
    ['ecdsa', ['-b', '384']],
  ] as const)('is read for %s, in clear and with DEK-Info encryption', async (type, size) => {
    const clear = newKey(type, size, '', '-m', 'PEM');
    const sealed = newKey(type, size, PASSPHRASE, '-m', 'PEM');
    expect(shop.read(sealed)).toContain('DEK-Info');
    expectSameKey(await parsePrivateKey(shop.read(clear)), shop.read(`${clear}.pub`));
    expectSameKey(await parsePrivateKey(shop.read(sealed), PASSPHRASE), shop.read(`${sealed}.pub`));
    expect(await problemOf(parsePrivateKey(shop.read(sealed)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(shop.read(sealed), 'wrong'))).toBe('wrong-passphrase');
  });
});

describe('encrypted OpenSSH files', () => {
  it.each(['aes128-ctr', 'aes192-ctr', 'aes256-cbc', 'aes128-cbc', '3des-cbc', 'aes256-gcm@openssh.com', 'aes128-gcm@openssh.com'])(
    'are read with cipher %s',
    async (cipher) => {
      const name = newKey('ed25519', [], PASSPHRASE, '-a', '1', '-Z', cipher);
      expectSameKey(await parsePrivateKey(shop.read(name), PASSPHRASE), shop.read(`${name}.pub`));
      expect(await problemOf(parsePrivateKey(shop.read(name), 'wrong'))).toBe('wrong-passphrase');
    },
  );

  it('leave the event loop free while the passphrase is stretched', async () => {
    const name = newKey('ed25519', [], PASSPHRASE, '-a', '24');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await parsePrivateKey(shop.read(name), PASSPHRASE);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('are refused when they want more rounds than a login can pay for', async () => {
    const name = newKey('ed25519', [], PASSPHRASE, '-a', '1');
    const bytes = Buffer.from(shop.read(name).replace(/-----.*-----|\s/g, ''), 'base64');
    const kdf = bytes.indexOf('bcrypt') + 6;
    bytes.writeUInt32BE(0x7fffffff, kdf + 4 + 4 + 16);
    const hostile = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(await problemOf(parsePrivateKey(hostile, PASSPHRASE))).toBe('unsupported');
  });
});

describe('damaged or foreign files', () => {
  it('are refused with a reason: an OpenSSH key cut off at any byte', async () => {
    const text = shop.read(newKey('ed25519', [], ''));
    const bytes = Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
    const armor = (content: Buffer): string =>
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${content.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    for (let length = 0; length < bytes.length; length += 1) {
      expect(['malformed', 'unsupported']).toContain(await problemOf(parsePrivateKey(armor(bytes.subarray(0, length)))));
    }
  });

  it('are refused when the private part belongs to another public key', async () => {
    const [a, b] = [shop.read(newKey('ed25519', [], '')), shop.read(newKey('ed25519', [], ''))];
    const decode = (text: string): Buffer => Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
    const mixed = decode(a);
    const point = decode(b).subarray(62, 62 + 32);
    point.copy(mixed, 62);
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${mixed.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    await expect(parsePrivateKey(text)).rejects.toThrow('does not belong to the public key');
  });

  it('are refused when an RSA prime was changed, before anything is signed with it', async () => {
    const key = await generatePrivateKey('rsa-2048');
    const bytes = Buffer.from((await formatPrivateKey(key)).replace(/-----.*-----|\s/g, ''), 'base64');
    const prime = Buffer.from(String(key.keyObject.export({ format: 'jwk' }).q), 'base64url');
    bytes[bytes.indexOf(prime) + 20]! ^= 2;
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    await expect(parsePrivateKey(text)).rejects.toThrow('RSA primes do not fit the modulus');
  });

  it('are named when they are public keys, DSA keys or nothing at all', async () => {
    const name = newKey('ed25519', [], '');
    await expect(parsePrivateKey(shop.read(`${name}.pub`))).rejects.toThrow('This is a public key');
    await expect(parsePrivateKey('hello')).rejects.toThrow('no private key');
    const dsa = execFileSync('openssl', ['dsaparam', '-genkey', '-noout', '2048'], { encoding: 'utf8', stdio: 'pipe' });
    await expect(parsePrivateKey(dsa)).rejects.toThrow('"dsa" are not supported');
  });

  it('are refused when a PuTTY file was edited', async () => {
    const name = newKey('ed25519', [], '');
    writeFileSync(shop.path('none'), '');
    shop.run('/usr/bin/puttygen', name, '-o', 'edited.ppk', '-O', 'private', '--new-passphrase', 'none');
    const edited = shop.read('edited.ppk').replace('Comment: someone', 'Comment: another');
    await expect(parsePrivateKey(edited)).rejects.toThrow('its MAC is wrong');
  });
});

describe('encrypted PKCS#8 files', () => {
  it('are refused when they want more iterations than a second can pay for', async () => {
    const key = await generatePrivateKey('ed25519');
    writeFileSync(shop.path('clear.pem'), key.keyObject.export({ format: 'pem', type: 'pkcs8' }));
    const seal = (...args: string[]) =>
      shop.run('openssl', 'pkcs8', '-topk8', '-in', 'clear.pem', '-passout', `pass:${PASSPHRASE}`, ...args);
    for (const fair of [['-iter', '600000'], ['-scrypt'], ['-v2', 'des3']])
      expectSameKey(await parsePrivateKey(seal(...fair), PASSPHRASE), formatPublicKeyLine(key.publicKey));
    expect(await problemOf(parsePrivateKey(seal('-iter', '1000001'), PASSPHRASE))).toBe('unsupported');
    expect(await problemOf(parsePrivateKey(seal('-scrypt', '-scrypt_N', '16384', '-scrypt_r', '8', '-scrypt_p', '9'), PASSPHRASE))).toBe(
      'unsupported',
    );
  });
});

describe('keys made here', () => {
  it.each(['ed25519', 'ecdsa-nistp256', 'ecdsa-nistp384', 'ecdsa-nistp521', 'rsa-2048', 'rsa-3072'] as const)(
    'are read by ssh-keygen and read back: %s',
    async (kind) => {
      const key = await generatePrivateKey(kind, 'made by Sallyport');
      for (const passphrase of ['', PASSPHRASE]) {
        const name = `made${(serial += 1)}`;
        writeFileSync(shop.path(name), await formatPrivateKey(key, passphrase), { mode: 0o600 });
        expect(shop.keygen('-y', '-P', passphrase, '-f', name).trim()).toBe(formatPublicKeyLine(key.publicKey, 'made by Sallyport'));
        const again = await parsePrivateKey(shop.read(name), passphrase);
        expectSameKey(again, formatPublicKeyLine(key.publicKey));
        expect(again.comment).toBe('made by Sallyport');
      }
    },
  );
});
