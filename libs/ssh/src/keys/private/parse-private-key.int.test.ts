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
import { blobOfLine, openKeygenFolder, type KeygenFolder } from '../ssh-keygen.suite.js';

const KEY_TYPES = [
  ['ed25519', []],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '384']],
  ['ecdsa', ['-b', '521']],
  ['rsa', ['-b', '2048']],
] as const;

const PASSPHRASE = 'correct hörse';
let folder: KeygenFolder;
let serial = 0;

beforeAll(() => {
  folder = openKeygenFolder();
});
afterAll(() => folder.remove());

const newKey = (type: string, size: readonly string[], passphrase: string, ...more: string[]): string => {
  const name = `key${(serial += 1)}`;
  folder.keygen('-q', '-t', type, ...size, '-N', passphrase, '-C', 'someone@somewhere', '-f', name, ...more);
  return name;
};

/** Asserts that the parsed key signs, and that its signature verifies against the public key that the tool wrote. */
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
  it('are read in OpenSSH format, with the comment and fingerprint that ssh-keygen shows', async () => {
    const name = newKey(type, size, '');
    const key = await parsePrivateKey(folder.read(name));
    expectSameKey(key, folder.read(`${name}.pub`));
    expect(key.comment).toBe('someone@somewhere');
    const shown = folder.keygen('-l', '-f', name);
    expect(shown.split(' ').slice(0, 2)).toEqual([String(key.publicKey.bits), fingerprint(key.publicKey)]);
    expect(folder.keygen('-l', '-E', 'md5', '-f', name).split(' ')[1]).toBe(fingerprint(key.publicKey, 'md5'));
  });

  it('are read in encrypted OpenSSH format, only with the passphrase', async () => {
    const name = newKey(type, size, PASSPHRASE, '-a', '2');
    expectSameKey(await parsePrivateKey(folder.read(name), PASSPHRASE), folder.read(`${name}.pub`));
    expect(await problemOf(parsePrivateKey(folder.read(name)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(folder.read(name), 'wrong'))).toBe('wrong-passphrase');
  });

  it('are read as PKCS#8, plain and encrypted', async () => {
    const name = newKey(type, size, PASSPHRASE, '-a', '2');
    const pub = folder.read(`${name}.pub`);
    const key = await parsePrivateKey(folder.read(name), PASSPHRASE);
    const clear = key.keyObject.export({ format: 'pem', type: 'pkcs8' });
    const sealed = key.keyObject.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: PASSPHRASE });
    expectSameKey(await parsePrivateKey(clear), pub);
    expectSameKey(await parsePrivateKey(sealed, PASSPHRASE), pub);
    expect(await problemOf(parsePrivateKey(sealed))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(sealed, 'wrong'))).toBe('wrong-passphrase');
  });

  it.each(['2', '3'])('are read as PuTTY version %s, plain and encrypted', async (version) => {
    const name = newKey(type, size, '');
    const pub = folder.read(`${name}.pub`);
    const args = ['-O', 'private', '--ppk-param', `version=${version},time=20`];
    writeFileSync(folder.path('none'), '');
    writeFileSync(folder.path('new'), PASSPHRASE);
    folder.run('/usr/bin/puttygen', name, '-o', `${name}.ppk`, ...args, '--new-passphrase', 'none');
    folder.run('/usr/bin/puttygen', name, '-o', `${name}.sealed.ppk`, ...args, '--new-passphrase', 'new');
    expect(folder.read(`${name}.sealed.ppk`)).toContain(`PuTTY-User-Key-File-${version}`);
    expectSameKey(await parsePrivateKey(folder.read(`${name}.ppk`)), pub);
    const key = await parsePrivateKey(folder.read(`${name}.sealed.ppk`), PASSPHRASE);
    expectSameKey(key, pub);
    expect(key.comment).toBe('someone@somewhere');
    expect(await problemOf(parsePrivateKey(folder.read(`${name}.sealed.ppk`)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(folder.read(`${name}.sealed.ppk`), 'wrong'))).toBe('wrong-passphrase');
  });
});

describe('traditional PEM', () => {
  it.each([
    ['rsa', ['-b', '2048']],
    ['ecdsa', ['-b', '384']],
  ] as const)('is read for %s, plain and with DEK-Info encryption', async (type, size) => {
    const clear = newKey(type, size, '', '-m', 'PEM');
    const sealed = newKey(type, size, PASSPHRASE, '-m', 'PEM');
    expect(folder.read(sealed)).toContain('DEK-Info');
    expectSameKey(await parsePrivateKey(folder.read(clear)), folder.read(`${clear}.pub`));
    expectSameKey(await parsePrivateKey(folder.read(sealed), PASSPHRASE), folder.read(`${sealed}.pub`));
    expect(await problemOf(parsePrivateKey(folder.read(sealed)))).toBe('encrypted');
    expect(await problemOf(parsePrivateKey(folder.read(sealed), 'wrong'))).toBe('wrong-passphrase');
  });
});

describe('encrypted OpenSSH files', () => {
  it.each(['aes128-ctr', 'aes192-ctr', 'aes256-cbc', 'aes128-cbc', '3des-cbc', 'aes256-gcm@openssh.com', 'aes128-gcm@openssh.com'])(
    'are read with cipher %s',
    async (cipher) => {
      const name = newKey('ed25519', [], PASSPHRASE, '-a', '1', '-Z', cipher);
      expectSameKey(await parsePrivateKey(folder.read(name), PASSPHRASE), folder.read(`${name}.pub`));
      expect(await problemOf(parsePrivateKey(folder.read(name), 'wrong'))).toBe('wrong-passphrase');
    },
  );

  it('leave the event loop free during key derivation', async () => {
    const name = newKey('ed25519', [], PASSPHRASE, '-a', '24');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await parsePrivateKey(folder.read(name), PASSPHRASE);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('are refused if they require too many rounds for a login', async () => {
    const name = newKey('ed25519', [], PASSPHRASE, '-a', '1');
    const bytes = Buffer.from(folder.read(name).replace(/-----.*-----|\s/g, ''), 'base64');
    const kdf = bytes.indexOf('bcrypt') + 6;
    bytes.writeUInt32BE(0x7fffffff, kdf + 4 + 4 + 16);
    const hostile = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(await problemOf(parsePrivateKey(hostile, PASSPHRASE))).toBe('unsupported');
  });
});

describe('damaged or foreign files', () => {
  it('are refused with a reason: an OpenSSH key truncated at any byte', async () => {
    const text = folder.read(newKey('ed25519', [], ''));
    const bytes = Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
    const armor = (content: Buffer): string =>
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${content.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    for (let length = 0; length < bytes.length; length += 1) {
      expect(['malformed', 'unsupported']).toContain(await problemOf(parsePrivateKey(armor(bytes.subarray(0, length)))));
    }
  });

  it('are refused if the private part belongs to another public key', async () => {
    const [a, b] = [folder.read(newKey('ed25519', [], '')), folder.read(newKey('ed25519', [], ''))];
    const decode = (text: string): Buffer => Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
    const mixed = decode(a);
    const point = decode(b).subarray(62, 62 + 32);
    point.copy(mixed, 62);
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${mixed.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    await expect(parsePrivateKey(text)).rejects.toThrow('does not belong to the public key');
  });

  it('are refused if an RSA prime was changed, before anything is signed with it', async () => {
    const key = await generatePrivateKey('rsa-2048');
    const bytes = Buffer.from((await formatPrivateKey(key)).replace(/-----.*-----|\s/g, ''), 'base64');
    const prime = Buffer.from(String(key.keyObject.export({ format: 'jwk' }).q), 'base64url');
    bytes[bytes.indexOf(prime) + 20]! ^= 2;
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
    await expect(parsePrivateKey(text)).rejects.toThrow('RSA primes do not fit the modulus');
  });

  it('are identified in the message: public keys, DSA keys, any other text', async () => {
    const name = newKey('ed25519', [], '');
    await expect(parsePrivateKey(folder.read(`${name}.pub`))).rejects.toThrow('This is a public key');
    await expect(parsePrivateKey('hello')).rejects.toThrow('not a private key');
    const dsa = execFileSync('openssl', ['dsaparam', '-genkey', '-noout', '2048'], { encoding: 'utf8', stdio: 'pipe' });
    await expect(parsePrivateKey(dsa)).rejects.toThrow('"dsa" are not supported');
  });

  it('are refused if a PuTTY file was edited', async () => {
    const name = newKey('ed25519', [], '');
    writeFileSync(folder.path('none'), '');
    folder.run('/usr/bin/puttygen', name, '-o', 'edited.ppk', '-O', 'private', '--new-passphrase', 'none');
    const edited = folder.read('edited.ppk').replace('Comment: someone', 'Comment: another');
    await expect(parsePrivateKey(edited)).rejects.toThrow('its MAC is wrong');
  });
});

describe('encrypted PKCS#8 files', () => {
  it('are refused if they require more than a second of iterations', async () => {
    const key = await generatePrivateKey('ed25519');
    writeFileSync(folder.path('clear.pem'), key.keyObject.export({ format: 'pem', type: 'pkcs8' }));
    const seal = (...args: string[]) =>
      folder.run('openssl', 'pkcs8', '-topk8', '-in', 'clear.pem', '-passout', `pass:${PASSPHRASE}`, ...args);
    for (const fair of [['-iter', '600000'], ['-scrypt'], ['-v2', 'des3']])
      expectSameKey(await parsePrivateKey(seal(...fair), PASSPHRASE), formatPublicKeyLine(key.publicKey));
    expect(await problemOf(parsePrivateKey(seal('-iter', '1000001'), PASSPHRASE))).toBe('unsupported');
    expect(await problemOf(parsePrivateKey(seal('-scrypt', '-scrypt_N', '16384', '-scrypt_r', '8', '-scrypt_p', '9'), PASSPHRASE))).toBe(
      'unsupported',
    );
  });
});

describe('generated keys', () => {
  it.each(['ed25519', 'ecdsa-nistp256', 'ecdsa-nistp384', 'ecdsa-nistp521', 'rsa-2048', 'rsa-3072'] as const)(
    'are read by ssh-keygen and by parsePrivateKey: %s',
    async (kind) => {
      const key = await generatePrivateKey(kind, 'made by Sallyport');
      for (const passphrase of ['', PASSPHRASE]) {
        const name = `made${(serial += 1)}`;
        writeFileSync(folder.path(name), await formatPrivateKey(key, passphrase), { mode: 0o600 });
        expect(folder.keygen('-y', '-P', passphrase, '-f', name).trim()).toBe(formatPublicKeyLine(key.publicKey, 'made by Sallyport'));
        const again = await parsePrivateKey(folder.read(name), passphrase);
        expectSameKey(again, formatPublicKeyLine(key.publicKey));
        expect(again.comment).toBe('made by Sallyport');
      }
    },
  );
});
