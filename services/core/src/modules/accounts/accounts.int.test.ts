import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrg, systemCtx } from '@sallyport/context';
import { DataSource } from 'typeorm';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type Answer, type TestCore } from '../../../test/a-core.js';
import { Credentials } from './index.js';

let core: TestCore;
let asset: string;
let folder: string;
beforeAll(async () => {
  core = await aCore();
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  asset = (await admin('POST', 'assets/hosts', { name: 'web-1', address: '10.0.0.1' })).json['id'] ?? '';
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await core.stop();
});

const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  core.call(method, path, { token: core.admin, ...(body !== undefined && { body }) });
const codeOf = (answer: Answer): string => `${answer.status} ${answer.json['error']?.['code'] ?? ''}`;
const credentials = (): Credentials => core.core.app.get(Credentials, { strict: false });
let next = 0;
const anAccount = async (given: object = {}): Promise<string> => {
  const made = await admin('POST', 'accounts/accounts', { asset, username: `login-${(next += 1)}`, ...given });
  expect(made.status, made.text).toBe(201);
  return made.json['id'] ?? '';
};

/** Creates a key with the real ssh-keygen. Returns the file, and the public key as ssh-keygen prints it. */
function aKeyFile(...options: string[]): { text: string; publicLine: string } {
  const file = join(folder, `key-${(next += 1)}`);
  execFileSync('ssh-keygen', ['-q', '-f', file, ...options]);
  return { text: readFileSync(file, 'utf8'), publicLine: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ') };
}

/** Returns the public key that the real ssh-keygen reads from a private key. */
function publicLineOf(privateKey: string): string {
  const file = join(folder, `stored-${(next += 1)}`);
  writeFileSync(file, privateKey, { mode: 0o600 });
  return execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' }).trim().split(' ').slice(0, 2).join(' ');
}

describe('accounts', () => {
  it('are made, read, changed, listed and removed, without their secret', async () => {
    const made = await admin('POST', 'accounts/accounts', { asset, username: 'root', password: 'hunter2-secret' });
    const id = made.json['id'] as string;
    const view = {
      id: expect.any(String),
      name: 'root',
      username: 'root',
      asset: { id: asset, name: 'web-1', address: '10.0.0.1' },
      secret_type: 'password',
      is_active: true,
      connectivity: 'unknown',
      connectivity_checked_at: null,
      connectivity_error: null,
      comment: '',
      org: '00000000-0000-7000-8000-000000000002',
      created_by: 'admin',
      date_secret_changed: expect.any(String),
      date_created: expect.any(String),
      date_updated: expect.any(String),
    };
    expect(made).toMatchObject({ status: 201, json: view });
    expect((await admin('GET', `accounts/accounts/${id}`)).json).toEqual(view);
    expect((await admin('PATCH', `accounts/accounts/${id}`, { name: 'Root', is_active: false })).json).toMatchObject({
      name: 'Root',
      is_active: false,
      secret_type: 'password',
    });
    expect((await credentials().open(ctx, id)).secret).toBe('hunter2-secret');
    expect((await admin('GET', `accounts/accounts?asset=${asset}&search=web&order=-asset&is_active=false`)).json).toMatchObject({
      count: 1,
      results: [{ id }],
    });
    expect((await admin('DELETE', `accounts/accounts/${id}`)).status).toBe(204);
    expect(codeOf(await admin('GET', `accounts/accounts/${id}`))).toBe('404 ACCOUNT_NOT_FOUND');
    expect(codeOf(await admin('PATCH', `accounts/accounts/${id}`, { name: 'x' }))).toBe('404 ACCOUNT_NOT_FOUND');
  });

  it('have login names of their own on each asset', async () => {
    const id = await anAccount({ username: 'deploy', password: 'x' });
    expect(codeOf(await admin('POST', 'accounts/accounts', { asset, username: 'deploy', password: 'y' }))).toBe(
      '409 ACCOUNT_USERNAME_TAKEN',
    );
    const other = (await admin('POST', 'assets/hosts', { name: 'web-2', address: '10.0.0.2' })).json['id'];
    await anAccount({ asset: other, username: 'deploy', password: 'z' });
    await anAccount({ username: 'deploy2', password: 'x' });
    expect(codeOf(await admin('PATCH', `accounts/accounts/${id}`, { username: 'deploy2' }))).toBe('409 ACCOUNT_USERNAME_TAKEN');
  });

  it('are refused on an asset that is not there, and go with their asset', async () => {
    expect(
      codeOf(await admin('POST', 'accounts/accounts', { asset: '0190b3c4-0000-7000-8000-00000000dead', username: 'a', password: 'b' })),
    ).toBe('404 ASSET_NOT_FOUND');
    const host = (await admin('POST', 'assets/hosts', { name: 'short-lived', address: 'x' })).json['id'];
    const id = await anAccount({ asset: host, password: 'x' });
    await admin('DELETE', `assets/hosts/${host}`);
    expect(codeOf(await admin('GET', `accounts/accounts/${id}`))).toBe('404 ACCOUNT_NOT_FOUND');
  });
});

describe('private keys', () => {
  it.each([
    ['OpenSSH Ed25519', ['-t', 'ed25519', '-N', ''], undefined],
    ['OpenSSH Ed25519 with a passphrase', ['-t', 'ed25519', '-N', 'open sesame'], 'open sesame'],
    ['PEM RSA with a passphrase', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'open sesame'], 'open sesame'],
    ['PKCS#8 RSA', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8', '-N', ''], undefined],
    ['OpenSSH ECDSA P-256', ['-t', 'ecdsa', '-b', '256', '-N', ''], undefined],
    ['PEM ECDSA P-521', ['-t', 'ecdsa', '-b', '521', '-m', 'PEM', '-N', ''], undefined],
  ])('%s: kept in the one form that every client reads, the same key', async (_, options, passphrase) => {
    const { text, publicLine } = aKeyFile(...options);
    const id = await anAccount({ private_key: text, ...(passphrase && { passphrase }) });
    const { secret, secretType } = await credentials().open(ctx, id);
    expect(secretType).toBe('ssh_key');
    expect(secret).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(publicLineOf(secret)).toBe(publicLine);
  });

  it('that can’t be used are refused with the reason, without quoting them', async () => {
    const sealed = aKeyFile('-t', 'ed25519', '-N', 'open sesame').text;
    const post = (body: object): Promise<Answer> => admin('POST', 'accounts/accounts', { asset, username: 'bad', ...body });
    const cases: [object, RegExp][] = [
      [{ private_key: sealed }, /encrypted: give its passphrase/],
      [{ private_key: sealed, passphrase: 'close sesame' }, /passphrase does not open/],
      [{ private_key: 'ssh-ed25519 AAAA alice' }, /public key/],
      [{ private_key: 'nonsense-that-is-secret' }, /not a private key/],
      [{ private_key: sealed.slice(0, 200) }, /./],
    ];
    for (const [body, words] of cases) {
      const answer = await post(body);
      expect(codeOf(answer)).toBe('400 PRIVATE_KEY_INVALID');
      expect(answer.json['error']?.['message']).toMatch(words);
      expect(answer.text).not.toMatch(/nonsense-that-is-secret|sesame|b3BlbnNzaC/);
    }
  });
});

describe('secrets', () => {
  it('are sealed for their account: copied to another one they do not open', async () => {
    const [rich, poor] = [await anAccount({ password: 'the rich one' }), await anAccount({ password: 'the poor one' })];
    const dataSource = core.core.app.get(DataSource);
    await dataSource.query('UPDATE core.account SET sealed_secret = (SELECT sealed_secret FROM core.account WHERE id = $1) WHERE id = $2', [
      rich,
      poor,
    ]);
    await expect(credentials().open(ctx, poor)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    expect((await credentials().open(ctx, rich)).secret).toBe('the rich one');
  });

  it('make the connectivity unknown when they change', async () => {
    const id = await anAccount({ password: 'old' });
    await credentials().recordConnectivity(ctx, id, {
      isOk: false,
      error: 'the password was refused',
      checkedAt: new Date('2026-03-01T12:00:00Z'),
    });
    expect((await admin('GET', `accounts/accounts/${id}`)).json).toMatchObject({
      connectivity: 'failed',
      connectivity_error: 'the password was refused',
      connectivity_checked_at: '2026-03-01T12:00:00.000Z',
    });
    expect((await admin('PATCH', `accounts/accounts/${id}`, { comment: 'still' })).json).toMatchObject({ connectivity: 'failed' });
    expect((await admin('PATCH', `accounts/accounts/${id}`, { password: 'new' })).json).toMatchObject({
      connectivity: 'unknown',
      connectivity_error: null,
    });
    expect((await credentials().open(ctx, id)).secret).toBe('new');
  });

  it('are in no answer, log line, audit event or column in clear', async () => {
    const { text } = aKeyFile('-t', 'ed25519', '-N', 'my-passphrase-secret');
    const id = await anAccount({ password: 'my-password-secret' });
    await anAccount({ private_key: text, passphrase: 'my-passphrase-secret' });
    const answers = [
      await admin('GET', `accounts/accounts/${id}`),
      await admin('GET', 'accounts/accounts?limit=1000'),
      await admin('GET', 'audits/events?limit=1000'),
    ];
    const rows = await core.core.app.get(DataSource).query<object[]>('SELECT * FROM core.account');
    const everything = [...answers.map((answer) => answer.text), ...core.log, JSON.stringify(rows)].join('\n');
    for (const secret of ['my-password-secret', 'my-passphrase-secret', 'PRIVATE KEY', text.split('\n')[1] ?? ''])
      expect(everything).not.toContain(secret);
    expect(answers.map(({ text: body }) => body).join()).not.toContain('sealed');
  });
});
