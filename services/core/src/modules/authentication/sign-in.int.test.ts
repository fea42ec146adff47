import { systemCtx } from '@sallyport/context';
import { publicKeyFromKeyObject } from '@sallyport/ssh';
import { generateKeyPairSync } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type Answer, type TestCore } from '../../../test/a-core.js';
import { SignIn } from './index.js';

let core: TestCore;
let signIn: SignIn;
beforeAll(async () => {
  core = await aCore();
  signIn = core.core.app.get(SignIn, { strict: false });
});
afterAll(() => core.stop());

const ctx = systemCtx('test');
const PASSWORD = 'a fairly long passphrase';
let next = 0;
const aUser = async (given: object = {}): Promise<{ id: string; username: string }> => {
  const username = `user-${(next += 1)}`;
  const body = { username, password: PASSWORD, must_change_password: false, ...given };
  return { id: (await core.call('POST', 'users/users', { token: core.admin, body })).json['id'] ?? '', username };
};
const auth = (username: string, password: string): Promise<Answer> => core.call('POST', 'authentication/auth', { body: { username, password } });
const change = (id: string, body: object): Promise<Answer> => core.call('PATCH', `users/users/${id}`, { token: core.admin, body });
const refusal = (answer: Answer): object => ({ status: answer.status, code: answer.json['error']?.['code'], message: answer.json['error']?.['message'] });

describe('signing in over REST', () => {
  it('gives a token that works, for the name in any case', async () => {
    const { username } = await aUser({ role: 'auditor' });
    const answer = await auth(username.toUpperCase(), PASSWORD);
    expect(answer.json).toMatchObject({ token: expect.stringMatching(/^[\w-]{43}$/), must_change_password: false, user: { username, role: 'auditor', date_last_login: expect.any(String) } });
    expect(new Date(answer.json['expires_at'] as string).getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await core.call('GET', 'users/profile', { token: answer.json['token'] as string })).status).toBe(200);
  });

  it('answers wrong, unknown, disabled, expired and without a password in the same words', async () => {
    const wrong = await aUser();
    const disabled = await aUser({ is_active: false });
    const expired = await aUser({ date_expired: '2001-01-01T00:00:00Z' });
    const keyOnly = await aUser({ password: undefined });
    const answers = [await auth(wrong.username, 'not it at all'), await auth('nobody', PASSWORD), await auth(disabled.username, PASSWORD), await auth(expired.username, PASSWORD), await auth(keyOnly.username, 'anything')];
    for (const answer of answers) expect(refusal(answer)).toEqual({ status: 401, code: 'SIGN_IN_REFUSED', message: 'The user name or the password is not right' });
  });

  it('takes as long for a user who is not there', async () => {
    const { username } = await aUser();
    const time = async (name: string): Promise<number> => {
      const begun = performance.now();
      await auth(name, 'not it at all');
      return performance.now() - begun;
    };
    const [there, missing]: [number[], number[]] = [[], []];
    for (const round of [0, 1, 2, 3]) {
      there.push(await time(username));
      missing.push(await time(`missing-${round}`));
    }
    const median = (times: number[]): number => times.sort((a, b) => a - b)[2] ?? 0;
    // Without the dummy hash the answer comes more than five times as fast.
    expect(median(missing)).toBeGreaterThan(median(there) / 2.5);
  });

  it('ends with the token', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    expect((await core.call('DELETE', 'authentication/auth', { token })).status).toBe(204);
    expect((await core.call('GET', 'users/profile', { token })).status).toBe(401);
  });

  it.each([['disabled', { is_active: false }], ['expired', { date_expired: '2001-01-01T00:00:00Z' }]])('a token is worth nothing once its user is %s', async (_, body) => {
    const { id, username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    await change(id, body);
    expect((await core.call('GET', 'users/profile', { token })).status).toBe(401);
  });

  it.each(['', 'Bearer', 'Bearer x', 'Basic YWRtaW46YWRtaW4=', 'Bearer x y', `Bearer ${'x'.repeat(300)}`])('refuses "%s"', async (authorization) => {
    expect(refusal(await core.call('GET', 'users/profile', { headers: { authorization } }))).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
  });

  it('keeps no token that could be used', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    const rows = await core.core.app.get(DataSource).query<{ token_hash: Buffer }[]>('SELECT token_hash FROM core.api_token');
    expect(rows.length).toBeGreaterThan(0);
    for (const { token_hash: hash } of rows) expect([hash.toString('base64url'), hash.toString()]).not.toContain(token);
  });
});

describe('lockout', () => {
  it('comes after five wrong passwords, for a user and for a name that nobody has, and says when it ends', async () => {
    const { username } = await aUser();
    for (const name of [username, 'nobody-at-all']) {
      for (let attempt = 1; attempt <= 5; attempt++) expect((await auth(name, `wrong ${attempt}`)).status, `${name} ${attempt}`).toBe(401);
      const locked = await auth(name, PASSWORD);
      expect(refusal(locked)).toEqual({ status: 429, code: 'AUTH_LOCKED', message: 'Too many wrong passwords: try again in 30 minutes' });
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(1700);
    }
  });

  it('is not outrun by guesses sent side by side', async () => {
    const { username } = await aUser();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => auth(username, `guess number ${index}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  it('does not come when a right password lies between', async () => {
    const { username } = await aUser();
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 4; attempt++) await auth(username, 'not it at all');
      expect((await auth(username, PASSWORD)).status).toBe(200);
    }
  });

  it('hits an address that tries many names, but not the machine itself', async () => {
    const guess = (sourceIp: string, index: number) => signIn.withPassword(ctx, { username: `sprayed-${index}`, password: 'x', sourceIp, door: 'ssh' });
    for (let index = 0; index < 5; index++) await guess('203.0.113.7', index);
    for (let index = 0; index < 5; index++) await guess('127.0.0.1', index + 10);
    expect((await guess('203.0.113.7', 99)).outcome).toBe('locked');
    expect((await guess('203.0.113.8', 98)).outcome).toBe('wrong');
    expect((await guess('127.0.0.1', 97)).outcome).toBe('wrong');
  });

  it('does not stop a key: whoever knows a name can’t lock its owner out', async () => {
    const { id, username } = await aUser();
    const { blob } = publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);
    await core.call('POST', `users/users/${id}/ssh-keys`, { token: core.admin, body: { public_key: `ssh-ed25519 ${blob.toString('base64')}` } });
    for (let attempt = 0; attempt < 6; attempt++) await auth(username, 'not it at all');
    expect((await signIn.withPublicKey(ctx, { username, blob, sourceIp: '203.0.113.9', door: 'ssh' })).outcome).toBe('granted');
  });
});

describe('signing in with a key', () => {
  const key = () => publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);

  it('takes the user’s own keys and no other', async () => {
    const { id, username } = await aUser();
    const [mine, foreign] = [key(), key()];
    const made = await core.call('POST', `users/users/${id}/ssh-keys`, { token: core.admin, body: { public_key: `ssh-ed25519 ${mine.blob.toString('base64')}` } });
    const attempt = { username, sourceIp: '203.0.113.10', door: 'ssh' } as const;
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: mine.blob })).toEqual({ outcome: 'granted', user: { id, username, mustChangePassword: false } });
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: foreign.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.withPublicKey(ctx, { ...attempt, username: 'nobody', blob: mine.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.acceptableKeys(ctx, username)).toEqual([made.json['fingerprint']]);
    expect((await core.call('GET', `users/users/${id}/ssh-keys`, { token: core.admin })).json['results']).toMatchObject([{ date_last_used: expect.any(String) }]);
    await change(id, { is_active: false });
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: mine.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.acceptableKeys(ctx, username)).toEqual([]);
    expect(await signIn.acceptableKeys(ctx, 'nobody')).toEqual([]);
  });
});

it('every outcome is in the audit log, with the reason that the outside is not told', async () => {
  const { username } = await aUser();
  await auth(username, 'not it at all');
  await auth('ghost', 'not it at all');
  await auth(username, PASSWORD);
  const events = (await core.call('GET', `audits/events?limit=3`, { token: core.admin })).json['results'];
  expect(events).toMatchObject([
    { type: 'user.signed-in', outcome: 'success', actor: { name: username, source_ip: '127.0.0.1' }, facts: { door: 'api', method: 'password' } },
    { type: 'user.sign-in-refused', outcome: 'refused', actor: { name: 'ghost', id: null }, facts: { reason: 'unknown user' } },
    { type: 'user.sign-in-refused', outcome: 'refused', actor: { name: username }, facts: { reason: 'wrong password' } },
  ]);
});
