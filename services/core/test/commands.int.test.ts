import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyPassword } from '@sallyport/crypto';
import { aPostgres, makeMeshCertificates, makeSshKey, withClient, type TestPostgres } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorKeys } from './a-chain.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let postgres: TestPostgres;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'core-commands-'));
  postgres = await aPostgres();
  const mesh = await makeMeshCertificates(folder, ['core']);
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ active: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } }));
  await writeFile(join(folder, 'audit-signing.pem'), anchorKeys().signingKey);
  env = {
    CORE_DATABASE_URL: postgres.coreServiceUrl,
    CORE_MIGRATION_DATABASE_URL: postgres.coreUrl,
    CORE_AUDIT_SIGNING_KEY_FILE: join(folder, 'audit-signing.pem'),
    CORE_SEALING_KEYS_FILE: join(folder, 'keys.json'),
    CORE_HTTP_PORT: '0',
    CORE_RPC_PORT: '0',
    CORE_HEALTH_PORT: '0',
    NATS_URL: 'nats://127.0.0.1:9',
    RPC_CA_FILE: mesh.core.caFile,
    RPC_CERT_FILE: mesh.core.certFile,
    RPC_KEY_FILE: mesh.core.keyFile,
  };
});
afterAll(async () => {
  await postgres.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs main.js to its end; `until` in its output sends SIGTERM. */
function main(args: readonly string[], { extra = {}, until }: { extra?: Record<string, string>; until?: RegExp } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...env, ...extra }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const read = (data: Buffer): void => {
    out += data.toString();
    // Once: a second signal means "now", and ends with 1.
    if (!child.killed && until?.test(out)) child.kill('SIGTERM');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}
const rows = <T extends object>(sql: string): Promise<T[]> =>
  withClient(postgres.coreUrl, async (client) => (await client.query(sql)).rows as T[]);

describe('core’s commands', () => {
  it('a start without settings prints every problem and ends with 1', async () => {
    const { code, out } = await main([], { extra: { CORE_DATABASE_URL: '', RPC_CA_FILE: '', CORE_HTTP_PORT: 'eighty', CORE_TYPO: 'x' } });
    expect(code).toBe(1);
    for (const problem of [
      'CORE_DATABASE_URL is missing',
      'RPC_CA_FILE is missing',
      'CORE_HTTP_PORT="eighty"',
      'CORE_TYPO is not a setting',
    ])
      expect(out).toContain(problem);
  });

  it('a start on a schema that is behind says what to do and ends with 1', async () => {
    const { code, out } = await main([]);
    expect(code).toBe(1);
    expect(out).toContain('run "main.js migrate" first');
  });

  it('an unknown command prints how to use it', async () => {
    expect(await main(['migrat'])).toEqual({ code: 2, out: expect.stringContaining('Usage:') });
  });

  it('migrate needs the database alone and can be run again', async () => {
    const others = Object.fromEntries(
      Object.keys(env)
        .filter((name) => !name.endsWith('DATABASE_URL'))
        .map((name) => [name, '']),
    );
    expect(await main(['migrate'], { extra: others })).toMatchObject({ code: 0 });
    expect(await main(['migrate'])).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
  });

  it('a start as the owner of the audit events is refused, unless that is asked for', async () => {
    const extra = { CORE_DATABASE_URL: postgres.coreUrl };
    const refused = await main([], { extra });
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/logs in as "core", which can change and remove audit events: create a role/);
    expect(await main(['seed', join(folder, 'none.json')], { extra })).toMatchObject({ code: 1 });
    const allowed = { ...extra, CORE_DATABASE_AS_OWNER: 'true', CORE_ADMIN_PASSWORD_FILE: join(folder, 'not-kept') };
    const { code, out } = await main(['unlock', 'nobody'], { extra: allowed });
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('does not protect the audit events') });
  });

  it('migrate refuses a role for the running core that does not exist or is the owner', async () => {
    const as = (user: string) => postgres.coreServiceUrl.replace('core_service:', `${user}:`);
    for (const [user, words] of [
      ['nosuchrole', '"nosuchrole" of CORE_DATABASE_URL does not exist'],
      ['core', '"core" of CORE_DATABASE_URL owns the schema core'],
    ] as const)
      expect(await main(['migrate'], { extra: { CORE_DATABASE_URL: as(user) } })).toEqual({ code: 1, out: expect.stringContaining(words) });
  });

  it('the first start hands over the admin’s password once, in a file for its owner alone, and stops cleanly', async () => {
    const file = join(folder, 'admin-password');
    const first = await main([], { extra: { CORE_ADMIN_PASSWORD_FILE: file }, until: /core is up/ });
    expect(first.code).toBe(0);
    const password = (await readFile(file, 'utf8')).trim();
    expect(password).toMatch(/^[\w-]{24}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(first.out).not.toContain(password);
    await rm(file);
    const second = await main([], { extra: { CORE_ADMIN_PASSWORD_FILE: file }, until: /core is up/ });
    expect(second.code).toBe(0);
    await expect(stat(file)).rejects.toThrow('ENOENT');
    expect(await rows('SELECT username, role, must_change_password FROM core."user"')).toEqual([
      { username: 'admin', role: 'admin', must_change_password: true },
    ]);
  });

  it('a first start takes the password of its setting, and prints none', async () => {
    const other = await aPostgres();
    const extra = { CORE_DATABASE_URL: other.coreServiceUrl, CORE_MIGRATION_DATABASE_URL: other.coreUrl };
    await main(['migrate'], { extra });
    const given = 'chosen-in-a-secret';
    const { out } = await main([], { extra: { ...extra, CORE_FIRST_ADMIN_PASSWORD: given }, until: /core is up/ });
    expect(out).not.toContain(given);
    expect(out).not.toContain('with the password');
    const [admin] = await withClient(
      other.url,
      async (client) => (await client.query('SELECT password_hash, must_change_password FROM core."user"')).rows,
    );
    expect(admin.must_change_password).toBe(true);
    expect(await verifyPassword(given, admin.password_hash)).toBe(true);
    await other.drop();
  });

  it('a first start without a file prints the password once', async () => {
    const other = await aPostgres();
    const extra = { CORE_DATABASE_URL: other.coreServiceUrl, CORE_MIGRATION_DATABASE_URL: other.coreUrl };
    await main(['migrate'], { extra });
    const { out } = await main([], { extra, until: /core is up/ });
    expect(out.match(/sign in as "admin" with the password [\w-]{24} and change it/g)).toHaveLength(1);
    expect((await main([], { extra, until: /core is up/ })).out).not.toContain('with the password');
    await other.drop();
  });

  it('seed makes what the file names, and running it again changes nothing', async () => {
    const { publicKey, privateKey } = await makeSshKey('ed25519', 'demo@laptop');
    const seed = {
      users: [{ username: 'demo', ssh_public_keys: [publicKey] }],
      hosts: [{ name: 'demo', address: '127.0.0.1', port: 2201 }],
      accounts: [
        { host: 'demo', username: 'demo', private_key: privateKey },
        { host: 'demo', username: 'root', password: 'seed-secret' },
      ],
      permissions: [{ name: 'demo', users: ['demo'], assets: ['demo'], accounts: ['@all'] }],
    };
    const file = join(folder, 'seed.json');
    await writeFile(file, JSON.stringify(seed));
    expect(await main(['seed', file])).toMatchObject({ code: 0, out: expect.not.stringContaining('seed-secret') });
    const state = (): Promise<object[]> =>
      rows(`SELECT (SELECT count(*)::int FROM core."user") AS users, (SELECT count(*)::int FROM core.user_ssh_key) AS keys, (SELECT count(*)::int FROM core.asset) AS assets,
              (SELECT count(*)::int FROM core.account) AS accounts, (SELECT count(*)::int FROM core.asset_permission_asset) AS grants, (SELECT count(*)::int FROM core.audit_event) AS events`);
    const before = await state();
    expect(before).toMatchObject([{ users: 2, keys: 1, assets: 1, accounts: 2, grants: 1 }]);
    expect(await main(['seed', file])).toMatchObject({ code: 0 });
    expect(await state()).toEqual(before);
    await writeFile(file, JSON.stringify({ ...seed, hosts: [{ name: 'demo', address: '127.0.0.1', port: 2202 }] }));
    expect(await main(['seed', file])).toMatchObject({ code: 0 });
    expect(await rows('SELECT port FROM core.asset')).toEqual([{ port: 2202 }]);
  });

  it('unlock unlocks a user, is audited, and names a user that does not exist', async () => {
    const locked = `INSERT INTO core.sign_in_lock (subject_kind, source, username, failures, date_first_failure, lock_count, date_locked_until, date_updated) VALUES ('pair', '203.0.113.9', 'demo', 0, now(), 1, now() + interval '1 hour', now())`;
    await rows(locked);
    expect(await main(['unlock', 'demo'])).toMatchObject({ code: 0 });
    expect(await rows('SELECT 1 FROM core.sign_in_lock')).toEqual([]);
    expect(await rows(`SELECT actor_name, resource_name, facts FROM core.audit_event WHERE type = 'user.unlocked'`)).toEqual([
      { actor_name: 'console', resource_name: 'demo', facts: { sources: '203.0.113.9', source_count: 1 } },
    ]);
    expect(await main(['unlock', 'nobody'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('core did not unlock: The user "nobody" does not exist'),
    });
    expect((await main(['unlock'])).code).toBe(2);
  });

  it('reset-password prints a one-time password, ends the sign-ins and is audited', async () => {
    const state = () =>
      rows<{ password_generation: number }>(`SELECT password_generation, must_change_password FROM core."user" WHERE username = 'demo'`);
    await rows(`UPDATE core."user" SET must_change_password = false WHERE username = 'demo'`);
    await rows(
      `INSERT INTO core.api_token (id, user_id, token_hash, source_ip, date_expired) SELECT gen_random_uuid(), id, '\\x00', '127.0.0.1', now() + interval '1 hour' FROM core."user" WHERE username = 'demo'`,
    );
    const [before] = await state();
    const { code, out } = await main(['reset-password', 'DEMO']);
    expect(code).toBe(0);
    const password = /^Sign in as "demo" with the password ([\w-]{24}) and change it\.$/m.exec(out)?.[1] ?? '';
    expect(out.split(password)).toHaveLength(2);
    expect(await state()).toEqual([{ password_generation: (before?.password_generation ?? 0) + 1, must_change_password: true }]);
    expect(await rows(`SELECT 1 FROM core.api_token t JOIN core."user" u ON u.id = t.user_id WHERE u.username = 'demo'`)).toEqual([]);
    expect(await rows(`SELECT actor_name, resource_name, facts::text FROM core.audit_event WHERE type = 'user.password-reset'`)).toEqual([
      { actor_name: 'console', resource_name: 'demo', facts: '{}' },
    ]);
    expect(await main(['reset-password', 'nobody'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('core did not reset-password: The user "nobody" does not exist'),
    });
    expect((await main(['reset-password'])).code).toBe(2);
  });

  it('seed says what is wrong with a file without quoting secrets', async () => {
    const file = join(folder, 'bad.json');
    await writeFile(file, '{"accounts": [{"host": "x", "username": "root", "password": "seed-secret", "colour": "red"}]}');
    const wrong = await main(['seed', file]);
    expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('accounts.0') });
    await writeFile(file, '{"accounts": [{"host": "nowhere", "username": "root", "password": "seed-secret"}]}');
    const missing = await main(['seed', file]);
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('the host "nowhere", which is not there') });
    expect(wrong.out + missing.out).not.toContain('seed-secret');
    expect(await main(['seed', join(folder, 'none.json')])).toMatchObject({ code: 1, out: expect.stringContaining('none.json') });
  });
});
