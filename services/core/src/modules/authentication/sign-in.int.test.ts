import { inOrg, systemCtx } from '@sallyport/context';
import { publicKeyFromKeyObject } from '@sallyport/ssh';
import { asSuperuser } from '@sallyport/testkit';
import { generateKeyPairSync } from 'node:crypto';
import { DataSource } from 'typeorm';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, aCore, type Answer, type TestCore } from '../../../test/a-core.js';
import { unlockUser } from '../../compose/unlock.js';
import { SignIn } from './index.js';
import { PurgeSignInLocks } from './purge-sign-in-locks.js';

let core: TestCore;
let signIn: SignIn;
beforeAll(async () => {
  core = await aCore();
  signIn = core.core.app.get(SignIn, { strict: false });
});
afterAll(() => core.stop());

const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const PASSWORD = 'a fairly long passphrase';
let next = 0;
const aUser = async (given: object = {}): Promise<{ id: string; username: string }> => {
  const username = `user-${(next += 1)}`;
  const body = { username, password: PASSWORD, must_change_password: false, ...given };
  return { id: (await core.call('POST', 'users/users', { token: core.admin, body })).json['id'] ?? '', username };
};
const auth = (username: string, password: string): Promise<Answer> =>
  core.call('POST', 'authentication/auth', { body: { username, password } });
const change = (id: string, body: object): Promise<Answer> => core.call('PATCH', `users/users/${id}`, { token: core.admin, body });
const refusal = (answer: Answer): object => ({
  status: answer.status,
  code: answer.json['error']?.['code'],
  message: answer.json['error']?.['message'],
});

describe('signing in over REST', () => {
  it('returns a token that works, for the name in any case', async () => {
    const { username } = await aUser({ role: 'auditor' });
    const answer = await auth(username.toUpperCase(), PASSWORD);
    expect(answer.json).toMatchObject({
      token: expect.stringMatching(/^[\w-]{43}$/),
      must_change_password: false,
      user: { username, role: 'auditor', date_last_login: expect.any(String) },
    });
    expect(new Date(answer.json['expires_at'] as string).getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await core.call('GET', 'users/profile', { token: answer.json['token'] as string })).status).toBe(200);
  });

  it('answers wrong, unknown, disabled, expired and without a password with the same message', async () => {
    const wrong = await aUser();
    const disabled = await aUser({ is_active: false });
    const expired = await aUser({ date_expired: '2001-01-01T00:00:00Z' });
    const keyOnly = await aUser({ password: undefined });
    const answers = [
      await auth(wrong.username, 'not it at all'),
      await auth('nobody', PASSWORD),
      await auth(disabled.username, PASSWORD),
      await auth(expired.username, PASSWORD),
      await auth(keyOnly.username, 'anything'),
    ];
    for (const answer of answers)
      expect(refusal(answer)).toEqual({ status: 401, code: 'SIGN_IN_REFUSED', message: 'The user name or the password is not right' });
  });

  it('refuses a name that no user can have as an invalid request', async () => {
    for (const name of ['ali\0ce', 'alice\u202e'])
      expect(refusal(await auth(name, PASSWORD))).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  it('takes as long for an unknown user', async () => {
    const { username } = await aUser();
    const time = async (name: string): Promise<number> => {
      const begun = performance.now();
      await auth(name, 'not it at all');
      return performance.now() - begun;
    };
    const [there, missing]: [number[], number[]] = [[], []];
    const ratio = (): number => Math.min(...missing) / Math.min(...there);
    // The shortest times are what counts: more rounds, until a busy machine has left one alone.
    for (let round = 0; round < 4 || (round < 20 && ratio() < 0.4); round++) {
      there.push(await time(username));
      missing.push(await time(`missing-${round}`));
    }
    // Without the dummy hash the answer comes more than five times as fast.
    expect(ratio()).toBeGreaterThan(0.4);
  });

  it('ends with the token', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    expect((await core.call('DELETE', 'authentication/auth', { token })).status).toBe(204);
    expect((await core.call('GET', 'users/profile', { token })).status).toBe(401);
  });

  it.each([
    ['disabled', { is_active: false }],
    ['expired', { date_expired: '2001-01-01T00:00:00Z' }],
  ])('a token is worth nothing once its user is %s', async (_, body) => {
    const { id, username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    await change(id, body);
    expect((await core.call('GET', 'users/profile', { token })).status).toBe(401);
  });

  it.each(['', 'Bearer', 'Bearer x', 'Basic YWRtaW46YWRtaW4=', 'Bearer x y', `Bearer ${'x'.repeat(300)}`])(
    'refuses "%s"',
    async (authorization) => {
      expect(refusal(await core.call('GET', 'users/profile', { headers: { authorization } }))).toMatchObject({
        status: 401,
        code: 'NOT_SIGNED_IN',
      });
    },
  );

  it('keeps no token that could be used', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    const rows = await core.core.app.get(DataSource).query<{ token_hash: Buffer }[]>('SELECT token_hash FROM core.api_token');
    expect(rows.length).toBeGreaterThan(0);
    for (const { token_hash: hash } of rows) expect([hash.toString('base64url'), hash.toString()]).not.toContain(token);
  });
});

/** Signs in with a password from another machine. */
const from = (sourceIp: string, username: string, password = 'not it at all') =>
  signIn.withPassword(ctx, { username, password, sourceIp, via: 'ssh' });
/** Fails once with each of many names. Returns how many passwords were checked. */
async function sprayFrom(source: string, names: number): Promise<number> {
  let wrong = 0;
  for (let index = 0; index < names; index += 15) {
    const few = Array.from({ length: Math.min(15, names - index) }, (_, each) => from(source, `sprayed-${index + each}`));
    wrong += (await Promise.all(few)).filter(({ outcome }) => outcome === 'wrong').length;
  }
  return wrong;
}
const plantFailures = (username: string, failures: number) =>
  core.core.app
    .get(DataSource)
    .query(
      `INSERT INTO core.sign_in_lock (subject_kind, source, username, failures, date_first_failure, date_updated) VALUES ('name', '', $1, $2, now(), now())`,
      [username, failures],
    );
let nextSource = 0;
const aSource = (): string => `198.18.${Math.floor((nextSource += 1) / 200)}.${1 + (nextSource % 200)}`;

describe('lockout', () => {
  it('comes after five wrong passwords, for a known and an unknown name, and says when it ends', async () => {
    const { username } = await aUser();
    for (const name of [username, 'nobody-at-all']) {
      for (let attempt = 1; attempt <= 5; attempt++) expect((await auth(name, `wrong ${attempt}`)).status, `${name} ${attempt}`).toBe(401);
      const locked = await auth(name, PASSWORD);
      expect(refusal(locked)).toEqual({
        status: 429,
        code: 'AUTH_LOCKED',
        message: expect.stringMatching(/^Too many wrong passwords: try again in (30|2\d) seconds$/),
      });
      expect(locked.json['error']?.['facts']).toMatchObject({ retry_after_minutes: 1 });
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(15);
    }
  });

  it('is of the source that failed: an attacker that knows a name can’t lock out its user', async () => {
    const { username } = await aUser();
    const [attacker, owner] = [aSource(), aSource()];
    for (let attempt = 0; attempt < 5; attempt++) await from(attacker, username);
    expect((await from(attacker, username, PASSWORD)).outcome).toBe('locked');
    expect((await from(owner, username, PASSWORD)).outcome).toBe('granted');
    expect((await auth(username, PASSWORD)).status).toBe(200);
  });

  it('is not outrun by guesses sent side by side', async () => {
    const { username } = await aUser();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => auth(username, `guess number ${index}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  it('is not outrun by one source that guesses at many names side by side: it has 60 wrong passwords, then one a minute', async () => {
    const source = aSource();
    const wrong = await sprayFrom(source, 90);
    expect(wrong).toBeGreaterThanOrEqual(60);
    expect(wrong).toBeLessThanOrEqual(62);
  });

  it('does not come when a right password lies between', async () => {
    const { username } = await aUser();
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 4; attempt++) await auth(username, 'not it at all');
      expect((await auth(username, PASSWORD)).status).toBe(200);
    }
  });

  it('hits an address that tries very many names, but not the machine itself', async () => {
    await sprayFrom('203.0.113.7', 64);
    await sprayFrom('127.0.0.1', 64);
    expect((await from('203.0.113.7', 'sprayed-99')).outcome).toBe('locked');
    expect((await from('::ffff:203.0.113.7', 'sprayed-99')).outcome).toBe('locked');
    expect((await from('203.0.113.8', 'sprayed-98')).outcome).toBe('wrong');
    expect((await from('127.0.0.1', 'sprayed-97')).outcome).toBe('wrong');
  });

  it('hits all of an IPv6 network of one customer, and not the next', async () => {
    const { username } = await aUser();
    for (let index = 0; index < 5; index++) await from(`2001:db8:7:1::${index + 1}`, username);
    expect((await from('2001:db8:7:1:ffff::9', username, PASSWORD)).outcome).toBe('locked');
    expect((await from('2001:db8:7:2::1', username, PASSWORD)).outcome).toBe('granted');
  });

  it('does not stop a key', async () => {
    const { id, username } = await aUser();
    const { blob } = publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);
    await core.call('POST', `users/users/${id}/ssh-keys`, {
      token: core.admin,
      body: { public_key: `ssh-ed25519 ${blob.toString('base64')}` },
    });
    for (let attempt = 0; attempt < 6; attempt++) await auth(username, 'not it at all');
    expect((await signIn.withPublicKey(ctx, { username, blob, sourceIp: '127.0.0.1', via: 'ssh' })).outcome).toBe('granted');
  });
});

describe('penalties that an attacker turns against others', () => {
  it('five wrong passwords for one name do not lock the address for other names', async () => {
    const [{ username: attacked }, { username: colleague }] = [await aUser(), await aUser()];
    const office = aSource();
    for (let attempt = 0; attempt < 5; attempt++) await from(office, attacked);
    expect((await from(office, attacked, PASSWORD)).outcome).toBe('locked');
    expect((await from(office, colleague, PASSWORD)).outcome).toBe('granted');
  });

  it('an attacker that spends the budget of a shared address keeps out neither a user that has signed in from it nor any key', async () => {
    const [regular, newcomer] = [await aUser(), await aUser()];
    const { blob } = publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);
    await core.call('POST', `users/users/${newcomer.id}/ssh-keys`, {
      token: core.admin,
      body: { public_key: `ssh-ed25519 ${blob.toString('base64')}` },
    });
    const office = aSource();
    expect((await from(office, regular.username, PASSWORD)).outcome).toBe('granted');
    await sprayFrom(office, 70);
    expect((await from(office, newcomer.username, PASSWORD)).outcome).toBe('locked');
    expect((await from(office, regular.username, PASSWORD)).outcome).toBe('granted');
    expect((await signIn.withPublicKey(ctx, { username: newcomer.username, blob, sourceIp: office, via: 'ssh' })).outcome).toBe('granted');
    expect((await from(office, newcomer.username, PASSWORD)).outcome).toBe('granted');
  });

  it('a botnet that guesses at a name without end keeps its user out of no address that it uses, and gets 100 guesses, then four an hour', async () => {
    const { username } = await aUser();
    const home = aSource();
    expect((await from(home, username, PASSWORD)).outcome).toBe('granted');
    await plantFailures(username, 98);
    const outcomes = await Promise.all(Array.from({ length: 6 }, async () => (await from(aSource(), username)).outcome));
    expect(outcomes.filter((outcome) => outcome === 'wrong').length).toBeLessThanOrEqual(6);
    expect((await from(aSource(), username)).outcome).toBe('locked');
    const begun = performance.now();
    expect((await from(home, username, PASSWORD)).outcome).toBe('granted');
    expect(performance.now() - begun).toBeLessThan(480);
  });

  it('an own account at an address makes the address known for that account alone', async () => {
    const [attacker, victim] = [await aUser(), await aUser()];
    const shared = aSource();
    expect((await from(shared, attacker.username, PASSWORD)).outcome).toBe('granted');
    await plantFailures(victim.username, 100);
    expect((await from(shared, victim.username, PASSWORD)).outcome).toBe('locked');
  });

  it('an empty password is not a guess: it locks nothing', async () => {
    const { username } = await aUser();
    const source = aSource();
    for (let attempt = 0; attempt < 12; attempt++) expect((await from(source, username, '')).outcome).toBe('wrong');
    expect((await from(source, username, PASSWORD)).outcome).toBe('granted');
  });

  it('the answer states the wait, and the right password is accepted after it', async () => {
    const { username } = await aUser();
    const source = aSource();
    for (let attempt = 0; attempt < 5; attempt++) await from(source, username);
    const locked = await from(source, username, PASSWORD);
    expect(locked.outcome === 'locked' && locked.until.getTime() - Date.now()).toBeLessThanOrEqual(30_000);
    await core.core.app
      .get(DataSource)
      .query(`UPDATE core.sign_in_lock SET date_locked_until = now() WHERE subject_kind = 'pair' AND username = $1`, [username]);
    expect((await from(source, username, PASSWORD)).outcome).toBe('granted');
  });
});

describe('a thief of a bearer token that guesses at the password', () => {
  const guess = (token: string, old_password: string): Promise<Answer> =>
    core.call('POST', 'users/profile/password', { token, body: { old_password, new_password: 'another fine passphrase' } });

  it('gets the same penalty as at the sign-in, and each guess is audited', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 7; attempt++) codes.push((await guess(token, `guess ${attempt}`)).json['error']?.['code']);
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'OLD_PASSWORD_WRONG'), 'AUTH_LOCKED', 'AUTH_LOCKED']);
    expect((await guess(token, PASSWORD)).status).toBe(429);
    expect((await auth(username, PASSWORD)).status).toBe(429);
    const events = (await core.call('GET', `audits/events?type=user.password-change-refused&search=${username}`, { token: core.admin }))
      .json;
    expect(events['results']?.[0]).toMatchObject({ outcome: 'refused', actor: { name: username, source_ip: '127.0.0.1' } });
  });

  it('counts together with wrong passwords at the sign-in', async () => {
    const { username } = await aUser();
    const token = await core.signIn(username, PASSWORD);
    for (let attempt = 0; attempt < 3; attempt++) await auth(username, 'not it at all');
    for (let attempt = 0; attempt < 2; attempt++) expect((await guess(token, 'not it either')).status).toBe(400);
    expect((await guess(token, PASSWORD)).status).toBe(429);
  });
});

describe('a name that is guessed at from many sources', () => {
  /** Fails twice from each source, so that they count as guessers. */
  const attack = async (username: string, failures: number): Promise<string[]> => {
    const sources = Array.from({ length: failures / 2 }, aSource);
    for (const source of sources) await Promise.all([from(source, username), from(source, username)]);
    return sources;
  };
  const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
    const begun = performance.now();
    return [await work, performance.now() - begun];
  };

  it('lets its owner in from a source that has not failed, a little later', async () => {
    const { username } = await aUser();
    await attack(username, 20);
    const [{ outcome }, ms] = await timed(from(aSource(), username, PASSWORD));
    expect(outcome).toBe('granted');
    expect(ms).toBeGreaterThan(480);
    expect(ms).toBeLessThan(4_000);
  });

  it('takes one guess at a time from sources that have failed before', async () => {
    const { username } = await aUser();
    const sources = await attack(username, 20);
    const outcomes = await Promise.all(sources.map(async (source) => (await from(source, username)).outcome));
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(sources.length - 1);
  });

  it('does not hold up others', async () => {
    const [{ username: attacked }, { username: other }] = [await aUser(), await aUser()];
    await plantFailures(attacked, 60);
    let answered = 0;
    const held = Array.from({ length: 100 }, () => from(aSource(), attacked).finally(() => (answered += 1)));
    expect((await from(aSource(), other, PASSWORD)).outcome).toBe('granted');
    expect(answered).toBe(0);
    await Promise.allSettled(held);
  });

  it('is the same for an unknown name', async () => {
    await attack('no-such-name', 20);
    const [{ outcome }, ms] = await timed(from(aSource(), 'no-such-name'));
    expect(outcome).toBe('wrong');
    expect(ms).toBeGreaterThan(480);
  });
});

describe('unlocking', () => {
  it('lets the user in again at once, from the sources that failed too, and is audited', async () => {
    const { id, username } = await aUser();
    const source = aSource();
    for (let attempt = 0; attempt < 5; attempt++) await Promise.all([from(source, username), auth(username, 'not it at all')]);
    expect((await core.call('POST', `users/users/${id}/unlock`, { token: core.admin })).status).toBe(204);
    expect((await auth(username, PASSWORD)).status).toBe(200);
    expect((await from(source, username, PASSWORD)).outcome).toBe('granted');
    const event = (await core.call('GET', `audits/events?type=user.unlocked&limit=1`, { token: core.admin })).json['results']?.[0];
    expect(event).toMatchObject({
      outcome: 'success',
      actor: { name: 'admin' },
      resource: { kind: 'user', id, name: username },
      facts: { source_count: 2 },
    });
  });

  it('is for admins, and of users there are', async () => {
    const { id } = await aUser();
    const auditor = await aUser({ role: 'auditor' });
    expect((await core.call('POST', `users/users/${id}/unlock`, { token: await core.signIn(auditor.username, PASSWORD) })).status).toBe(
      403,
    );
    expect((await core.call('POST', `users/users/${crypto.randomUUID()}/unlock`, { token: core.admin })).json['error']).toMatchObject({
      code: 'USER_NOT_FOUND',
    });
  });

  it('works at the console when no admin can get in, and is audited', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await auth('admin', 'not it at all');
    expect((await auth('admin', ADMIN_PASSWORD)).status).toBe(429);
    const target = {
      databaseUrl: core.postgres.coreServiceUrl,
      sealingKeys: { active: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } },
      logLevel: 'silent',
    };
    await expect(unlockUser('nobody', target)).rejects.toThrow('The user "nobody" does not exist');
    await unlockUser('Admin', target);
    expect((await auth('admin', ADMIN_PASSWORD)).status).toBe(200);
    const event = (await core.call('GET', `audits/events?type=user.unlocked&limit=1`, { token: core.admin })).json['results']?.[0];
    expect(event).toMatchObject({ actor: { kind: 'system', name: 'console' }, resource: { name: 'admin' } });
  });
});

describe('what is kept of failed sign-ins', () => {
  const rows = async (where = 'true'): Promise<number> =>
    Number(
      (await core.core.app.get(DataSource).query<[{ count: string }]>(`SELECT count(*) FROM core.sign_in_lock WHERE ${where}`))[0].count,
    );
  const plant = (sql: string): Promise<void> =>
    asSuperuser(
      core.postgres,
      `INSERT INTO core.sign_in_lock (subject_kind, source, username, failures, date_first_failure, lock_count, date_updated) ${sql}`,
    );
  const purge = (): Promise<number> => core.core.app.get(PurgeSignInLocks, { strict: false }).purge(ctx);

  it('goes once it counts no more', async () => {
    await purge();
    const before = await rows();
    await plant(`VALUES ('name', '', 'p1', 3, now(), 0, now() - interval '46 minutes'), ('name', '', 'p2', 3, now(), 0, now() - interval '44 minutes'),
      ('known', '1.2.3.4', 'p1', 0, now(), 0, now() - interval '89 days'), ('known', '1.2.3.4', 'p2', 0, now(), 0, now() - interval '91 days'),
      ('pair', '1.2.3.4', 'p1', 1, now(), 0, now() - interval '25 hours'), ('pair', '1.2.3.4', 'p2', 0, now(), 1, now() - interval '25 hours'), ('source', '1.2.3.4', '', 0, now(), 9, now() - interval '49 hours')`);
    expect(await purge()).toBe(4);
    expect(await rows()).toBe(before + 3);
  });

  it('is bounded, however many names are tried: the oldest go', async () => {
    await plant(`SELECT 'name', '', 'random-' || n, 1, now(), 0, now() - n * interval '1 millisecond' FROM generate_series(1, 100500) n`);
    expect(await purge()).toBeGreaterThanOrEqual(500);
    expect(await rows(`subject_kind <> 'known'`)).toBe(100_000);
    const [{ count }] = await core.core.app
      .get(DataSource)
      .query<[{ count: string }]>(`SELECT count(*) FROM core.sign_in_lock WHERE username IN ('random-1', 'random-100500')`);
    expect(Number(count)).toBe(1);
  });
});

describe('signing in with a key', () => {
  const key = () => publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);

  it('takes the user’s own keys and no other', async () => {
    const { id, username } = await aUser();
    const [mine, foreign] = [key(), key()];
    const made = await core.call('POST', `users/users/${id}/ssh-keys`, {
      token: core.admin,
      body: { public_key: `ssh-ed25519 ${mine.blob.toString('base64')}` },
    });
    const attempt = { username, sourceIp: '203.0.113.10', via: 'ssh' } as const;
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: mine.blob })).toEqual({
      outcome: 'granted',
      user: { id, username, mustChangePassword: false, credential: { keyId: made.json['id'], passwordGeneration: null } },
    });
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: foreign.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.withPublicKey(ctx, { ...attempt, username: 'nobody', blob: mine.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.acceptableKeys(ctx, username)).toEqual([made.json['fingerprint']]);
    expect((await core.call('GET', `users/users/${id}/ssh-keys`, { token: core.admin })).json['results']).toMatchObject([
      { date_last_used: expect.any(String) },
    ]);
    await change(id, { is_active: false });
    expect(await signIn.withPublicKey(ctx, { ...attempt, blob: mine.blob })).toEqual({ outcome: 'wrong' });
    expect(await signIn.acceptableKeys(ctx, username)).toEqual([]);
    expect(await signIn.acceptableKeys(ctx, 'nobody')).toEqual([]);
  });
});

it('every outcome is in the audit log, with the reason that the client does not get', async () => {
  const { username } = await aUser();
  await auth(username, 'not it at all');
  await auth('ghost', 'not it at all');
  await auth(username, PASSWORD);
  const events = (await core.call('GET', `audits/events?limit=3`, { token: core.admin })).json['results'];
  expect(events).toMatchObject([
    {
      type: 'user.signed-in',
      outcome: 'success',
      actor: { name: username, source_ip: '127.0.0.1' },
      facts: { via: 'api', method: 'password' },
    },
    { type: 'user.sign-in-refused', outcome: 'refused', actor: { name: 'ghost', id: null }, facts: { reason: 'unknown user' } },
    { type: 'user.sign-in-refused', outcome: 'refused', actor: { name: username }, facts: { reason: 'wrong password' } },
  ]);
});
