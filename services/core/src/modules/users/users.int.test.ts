import { generateKeyPairSync } from 'node:crypto';
import { inOrg, systemCtx } from '@sallyport/context';
import { publicKeyFromKeyObject } from '@sallyport/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, aCore, type Answer, type TestCore } from '../../../test/a-core.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { SshKeys } from './index.js';

let core: TestCore;
beforeAll(async () => {
  core = await aCore();
});
afterAll(() => core.stop());

const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  core.call(method, path, { token: core.admin, ...(body !== undefined && { body }) });
const codeOf = (answer: Answer): string => `${answer.status} ${answer.json['error']?.['code'] ?? ''}`;
const PASSWORD = 'a fairly long passphrase';
let next = 0;
const aUser = async (given: object = {}): Promise<{ id: string; username: string }> => {
  const username = `user-${(next += 1)}`;
  const made = await admin('POST', 'users/users', { username, ...given });
  expect(made.status, made.text).toBe(201);
  return { id: made.json['id'] ?? '', username };
};
const aKey = (): string => `ssh-ed25519 ${publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey).blob.toString('base64')}`;

describe('users', () => {
  it('are made, read, changed, listed and removed', async () => {
    const made = await admin('POST', 'users/users', {
      username: 'alice',
      name: 'Alice',
      email: 'alice@example.org',
      password: PASSWORD,
      date_expired: '2100-01-01T00:00:00+01:00',
    });
    const id = made.json['id'] as string;
    const view = {
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      username: 'alice',
      name: 'Alice',
      email: 'alice@example.org',
      role: 'user',
      is_active: true,
      is_expired: false,
      date_expired: '2099-12-31T23:00:00.000Z',
      has_password: true,
      must_change_password: true,
      comment: '',
      date_last_login: null,
      date_password_changed: expect.any(String),
      created_by: 'admin',
      date_created: expect.any(String),
      date_updated: expect.any(String),
    };
    expect(made).toMatchObject({ status: 201, json: view });
    expect((await admin('GET', `users/users/${id}`)).json).toEqual(view);
    const changed = await admin('PATCH', `users/users/${id}`, { name: 'Alice B.', email: null, is_active: false, date_expired: null });
    expect(changed.json).toMatchObject({ name: 'Alice B.', email: null, is_active: false, date_expired: null, username: 'alice' });
    expect((await admin('GET', 'users/users?search=alice%20B')).json).toMatchObject({ count: 1, results: [{ id }] });
    expect((await admin('GET', 'users/users?is_active=false')).json['results']).toMatchObject([{ id }]);
    expect((await admin('DELETE', `users/users/${id}`)).status).toBe(204);
    expect(codeOf(await admin('GET', `users/users/${id}`))).toBe('404 USER_NOT_FOUND');
    expect(codeOf(await admin('DELETE', `users/users/${id}`))).toBe('404 USER_NOT_FOUND');
    expect(codeOf(await admin('PATCH', `users/users/${id}`, { name: 'x' }))).toBe('404 USER_NOT_FOUND');
  });

  it('have names and e-mail addresses that differ in more than case', async () => {
    const { id } = await aUser({ email: 'bob@example.org' });
    expect(codeOf(await admin('POST', 'users/users', { username: 'ADMIN' }))).toBe('409 USERNAME_TAKEN');
    expect(codeOf(await admin('PATCH', `users/users/${id}`, { username: 'Admin' }))).toBe('409 USERNAME_TAKEN');
    expect(codeOf(await admin('POST', 'users/users', { username: 'bobby', email: 'BOB@example.org' }))).toBe('409 EMAIL_TAKEN');
  });

  it('finds text with wildcards as it stands', async () => {
    await aUser({ name: '100% sure' });
    expect((await admin('GET', 'users/users?search=100%25')).json['count']).toBe(1);
    expect((await admin('GET', 'users/users?search=%25%25')).json['count']).toBe(0);
    expect((await admin('GET', "users/users?search='%20OR%201=1--")).json['count']).toBe(0);
  });

  it('keep the last admin that can sign in, and no user takes the role from itself', async () => {
    const me = (await admin('GET', 'users/profile')).json['id'] as string;
    expect(codeOf(await admin('DELETE', `users/users/${me}`))).toBe('409 OWN_USER_CHANGE');
    expect(codeOf(await admin('PATCH', `users/users/${me}`, { role: 'user' }))).toBe('409 OWN_USER_CHANGE');
    expect(codeOf(await admin('PATCH', `users/users/${me}`, { is_active: false }))).toBe('409 OWN_USER_CHANGE');
    expect(codeOf(await admin('PATCH', `users/users/${me}`, { date_expired: '2001-01-01T00:00:00Z' }))).toBe('409 OWN_USER_CHANGE');
  });
});

describe('a user’s SSH keys', () => {
  it('are given, listed and taken away', async () => {
    const { id } = await aUser();
    const key = aKey();
    const made = await admin('POST', `users/users/${id}/ssh-keys`, { public_key: `${key} laptop` });
    expect(made).toMatchObject({
      status: 201,
      json: {
        name: 'laptop',
        algorithm: 'ssh-ed25519',
        public_key: `${key} laptop`,
        fingerprint: expect.stringMatching(/^SHA256:/),
        is_active: true,
      },
    });
    expect((await admin('GET', `users/users/${id}/ssh-keys`)).json).toMatchObject({ count: 1, results: [made.json] });
    expect(codeOf(await admin('POST', `users/users/${id}/ssh-keys`, { public_key: key, name: 'again' }))).toBe('409 SSH_KEY_TAKEN');
    const other = await aUser();
    expect((await admin('POST', `users/users/${other.id}/ssh-keys`, { public_key: aKey() })).status).toBe(201);
    expect(codeOf(await admin('DELETE', `users/users/${other.id}/ssh-keys/${made.json['id']}`))).toBe('404 SSH_KEY_NOT_FOUND');
    expect((await admin('DELETE', `users/users/${id}/ssh-keys/${made.json['id']}`)).status).toBe(204);
    expect((await admin('GET', `users/users/${id}/ssh-keys`)).json['count']).toBe(0);
  });

  it('are refused when they are none or their user is not there', async () => {
    const { id } = await aUser();
    expect(codeOf(await admin('POST', `users/users/${id}/ssh-keys`, { public_key: 'ssh-ed25519 nonsense' }))).toBe('400 SSH_KEY_INVALID');
    expect(codeOf(await admin('POST', 'users/users/0190b3c4-0000-7000-8000-00000000dead/ssh-keys', { public_key: aKey() }))).toBe(
      '404 USER_NOT_FOUND',
    );
  });
});

describe('one’s own profile', () => {
  it('can be read and changed, but not one’s role or name to sign in with', async () => {
    const { username } = await aUser({ password: PASSWORD, must_change_password: false });
    const token = await core.signIn(username, PASSWORD);
    const me = (method: string, body?: unknown): Promise<Answer> =>
      core.call(method, 'users/profile', { token, ...(body !== undefined && { body }) });
    expect((await me('GET')).json).toMatchObject({ username, role: 'user' });
    expect((await me('PATCH', { name: 'Me' })).json).toMatchObject({ name: 'Me' });
    for (const field of [{ role: 'admin' }, { username: 'root' }, { is_active: true }, { must_change_password: false }])
      expect((await me('PATCH', field)).status, JSON.stringify(field)).toBe(400);
  });
});

describe('passwords', () => {
  it('that head every list of leaked ones are refused, with the reason and without a quote', async () => {
    const leaked = ['password1234', '123456789012', 'qwertyuiop12', 'Password123!', 'adminadminadmin', 'letmeinletmein', 'iloveyou1234'];
    for (const password of [...leaked, 'aaaaabbbbbcccccd']) {
      const answer = await admin('POST', 'users/users', { username: 'easy', password });
      expect(answer, password).toMatchObject({ status: 400, json: { error: { code: 'PASSWORD_TOO_EASY' } } });
      expect(answer.text).not.toContain(password);
    }
    const { id } = await aUser({ password: PASSWORD, name: 'Marguerite Yourcenar' });
    const own = await admin('PATCH', `users/users/${id}`, { password: 'Marguerite1903' });
    expect(own.json).toMatchObject({ error: { code: 'PASSWORD_TOO_EASY', message: expect.stringContaining('names of the user') } });
  });

  const changePassword = (token: string, old_password: string, new_password: string): Promise<Answer> =>
    core.call('POST', 'users/profile/password', { token, body: { old_password, new_password } });

  it('must be changed first where that is asked, and nothing else works until then', async () => {
    const { username } = await aUser({ password: PASSWORD });
    const answer = await core.call('POST', 'authentication/auth', { body: { username, password: PASSWORD } });
    expect(answer.json).toMatchObject({ must_change_password: true });
    const token = answer.json['token'] as string;
    expect(codeOf(await core.call('GET', 'users/profile', { token }))).toBe('403 PASSWORD_CHANGE_REQUIRED');
    expect(codeOf(await changePassword(token, 'not the old one', 'another fine passphrase'))).toBe('400 OLD_PASSWORD_WRONG');
    expect(codeOf(await changePassword(token, PASSWORD, PASSWORD))).toBe('400 PASSWORD_UNCHANGED');
    expect(codeOf(await changePassword(token, PASSWORD, `${username}${username}`))).toBe('400 PASSWORD_TOO_EASY');
    expect(await changePassword(token, PASSWORD, 'another fine passphrase')).toMatchObject({
      status: 200,
      json: { must_change_password: false },
    });
    expect((await core.call('GET', 'users/profile', { token })).status).toBe(200);
    expect(await core.signIn(username, PASSWORD)).toBe('');
    expect(await core.signIn(username, 'another fine passphrase')).not.toBe('');
  });

  it('end the other sign-ins when they change, all of them when an admin sets one', async () => {
    const { id, username } = await aUser({ password: PASSWORD, must_change_password: false });
    const [mine, other] = [await core.signIn(username, PASSWORD), await core.signIn(username, PASSWORD)];
    await changePassword(mine, PASSWORD, 'another fine passphrase');
    expect([
      (await core.call('GET', 'users/profile', { token: mine })).status,
      (await core.call('GET', 'users/profile', { token: other })).status,
    ]).toEqual([200, 401]);
    expect((await admin('PATCH', `users/users/${id}`, { password: 'a third fine passphrase' })).json).toMatchObject({
      must_change_password: true,
    });
    expect((await core.call('GET', 'users/profile', { token: mine })).status).toBe(401);
  });
});

it('120 password changes of one user at once do not hold up the sign-in of another', async () => {
  const [busy, other] = [await aUser({ password: PASSWORD, must_change_password: false }), await aUser({ password: PASSWORD })];
  const token = await core.signIn(busy.username, PASSWORD);
  const answered: string[] = [];
  const changes = Array.from({ length: 120 }, async (_, n) => {
    const body = { old_password: PASSWORD, new_password: `another passphrase number ${n}` };
    const { status } = await core.call('POST', 'users/profile/password', { token, body });
    answered.push(status === 429 || status === 503 ? 'refused' : 'change');
  });
  const signIn = core.call('POST', 'authentication/auth', { body: { username: other.username, password: PASSWORD } }).then(({ status }) => {
    answered.push('sign-in');
    return status;
  });
  await Promise.all([...changes, signIn]);
  expect(await signIn).toBe(200);
  const hashed = answered.filter((each) => each !== 'refused');
  // In one queue without turns it would be the last of 121.
  expect(hashed.indexOf('sign-in')).toBeLessThan(20);
});

describe('a public key', () => {
  const add = (id: string, public_key: string): Promise<Answer> => admin('POST', `users/users/${id}/ssh-keys`, { public_key });

  it('belongs to one user, also to a disabled one; once that user is deleted it is free', async () => {
    const [owner, other, key] = [await aUser(), await aUser(), aKey()];
    expect((await add(owner.id, key)).status).toBe(201);
    await admin('PATCH', `users/users/${owner.id}`, { is_active: false });
    const refused = await add(other.id, `${key} another-comment`);
    expect(codeOf(refused)).toBe('409 SSH_KEY_IN_USE');
    expect(refused.json['error']).toMatchObject({
      message: expect.stringContaining(`The user "${owner.username}" has the key SHA256:`),
      facts: { user: owner.username, fingerprint: expect.stringContaining('SHA256:') },
    });
    await admin('DELETE', `users/users/${owner.id}`);
    expect((await add(other.id, key)).status).toBe(201);
  });

  it('is refused without the other user’s name for a caller that may not see users', async () => {
    const [owner, other, key] = [await aUser(), await aUser(), aKey()];
    await add(owner.id, key);
    const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
    const refusal = await core.core.app
      .get(SshKeys, { strict: false })
      .add(ctx, other.id, { public_key: key })
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'SSH_KEY_IN_USE', message: expect.stringMatching(/^Another user has the key/) });
    expect(JSON.stringify([refusal, (refusal as Error).message])).not.toContain(owner.username);
  });

  it('that several users are given at once goes to one of them', async () => {
    const [users, key] = [await Promise.all(Array.from({ length: 5 }, () => aUser())), aKey()];
    const answers = await Promise.all(users.map(({ id }) => add(id, key)));
    expect(answers.map(codeOf).sort()).toEqual(['201 ', ...Array.from({ length: 4 }, () => '409 SSH_KEY_IN_USE')]);
  });
});

it('no password, hash or key secret is in any answer or log line', async () => {
  const { id, username } = await aUser({ password: PASSWORD });
  await core.signIn(username, 'wrong-but-secret');
  const answers = [
    await admin('GET', `users/users/${id}`),
    await admin('GET', 'users/users'),
    await admin('GET', 'audits/events?limit=1000'),
  ].map(({ text }) => text);
  for (const secret of [PASSWORD, ADMIN_PASSWORD, core.generatedPassword, 'wrong-but-secret', '$argon2id', core.admin]) {
    expect(answers.join('\n')).not.toContain(secret);
    expect(core.log.join('\n')).not.toContain(secret);
  }
});

it('admins that delete or restrict each other at once never get a server error', async () => {
  const admins = await Promise.all(
    Array.from({ length: 6 }, () => aUser({ role: 'admin', password: PASSWORD, must_change_password: false })),
  );
  const tokens = await Promise.all(admins.map(({ username }) => core.signIn(username, PASSWORD)));
  const next = (index: number): string => `users/users/${admins[(index + 1) % admins.length]?.id}`;
  const answers = await Promise.all(
    tokens.map((token, index) =>
      index % 2 === 0
        ? core.call('DELETE', next(index), { token })
        : core.call('PATCH', next(index), { token, body: { is_active: false } }),
    ),
  );
  for (const { id } of admins) await admin('DELETE', `users/users/${id}`);
  expect(answers.filter(({ status }) => ![200, 204, 401, 404].includes(status)).map(({ status, text }) => `${status} ${text}`)).toEqual([]);
});

it('a disabled admin can be changed while it is enabled, and permissions can name users that are deleted meanwhile', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [disabled, leaver] = [await aUser({ role: 'admin', is_active: false }), await aUser()];
    const me = (await admin('GET', 'users/profile')).json['id'];
    const answers = await Promise.all([
      admin('PATCH', `users/users/${disabled.id}`, { comment: `round ${round}` }),
      admin('PATCH', `users/users/${disabled.id}`, { is_active: true }),
      admin('POST', 'perms/asset-permissions', { name: `round-${round}`, users: [leaver.id, me] }),
      admin('DELETE', `users/users/${leaver.id}`),
    ]);
    expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
    await admin('DELETE', `users/users/${disabled.id}`);
  }
});

it('of two admins that delete each other at once one fails', async () => {
  const me = (await admin('GET', 'users/profile')).json['id'] as string;
  const second = await aUser({ role: 'admin', password: PASSWORD, must_change_password: false });
  const token = await core.signIn(second.username, PASSWORD);
  const both = await Promise.all([core.call('DELETE', `users/users/${me}`, { token }), admin('DELETE', `users/users/${second.id}`)]);
  // The second one is deleted already, or finds the other deleted, or is the last admin.
  expect(both.filter(({ status }) => status === 204)).toHaveLength(1);
  const [mine, theirs] = [
    await core.call('GET', 'users/profile', { token: core.admin }),
    await core.call('GET', 'users/profile', { token }),
  ];
  expect([mine.status, theirs.status].sort()).toEqual([200, 401]);
});
