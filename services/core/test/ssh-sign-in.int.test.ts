import { AuthMethod } from '@sallyport/proto-gen/access/v1/authenticate';
import { makeSshKey } from '@sallyport/testkit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../src/platform/index.js';
import { aCore, type TestCore } from './a-core.js';
import { identity, next, refusalOf, TestGateway } from './a-gateway.js';
import { sentQueries } from './explained-queries.js';
import { aWorkplace, PASSWORD, TestAdmin } from './some-people.js';

let core: TestCore;
let gateway: TestGateway;
beforeAll(async () => {
  core = await aCore();
  gateway = new TestGateway(core);
});
afterAll(async () => {
  gateway.close();
  await core.stop();
});

const FIRST = [AuthMethod.PUBLICKEY, AuthMethod.PASSWORD, AuthMethod.KEYBOARD_INTERACTIVE];
const wrongKey = async () => Buffer.from((await makeSshKey('ed25519', 'x')).publicKey.split(' ')[1] ?? '', 'base64');
/** Returns an answer without its continuation, which differs each time. */
const shape = (response: Awaited<ReturnType<TestGateway['step']>>) => {
  const { continuation, ...step } = next(response);
  return { ...step, hasContinuation: continuation.length > 0 };
};

describe('the first step', () => {
  it('says which methods there are and which keys are worth a signature', async () => {
    const { username } = await aWorkplace(core);
    const step = next(await gateway.step(username));
    expect(step).toMatchObject({ methods: FIRST, prompts: [], partialSuccess: false, proofFailed: false });
    expect(step.acceptableKeys).toEqual([expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/)]);
  });

  it('answers alike for unknown, disabled and expired users', async () => {
    const [disabled, expired] = [await aWorkplace(core), await aWorkplace(core)];
    await disabled.admin.change(`users/users/${disabled.userId}`, { is_active: false });
    await expired.admin.change(`users/users/${expired.userId}`, { date_expired: '2020-01-01T00:00:00Z' });
    const expected = {
      methods: FIRST,
      acceptableKeys: [],
      prompts: [],
      instruction: '',
      partialSuccess: false,
      proofFailed: false,
      hasContinuation: true,
    };
    for (const name of ['nobody-here', disabled.username, expired.username, 'a\0b', 'x'.repeat(4000)])
      expect(shape(await gateway.step(name))).toEqual(expected);
  });
});

describe('a proof', () => {
  it('the right password, key, or answer to the prompt signs in', async () => {
    const { username, userId, keyBlob } = await aWorkplace(core);
    const prompted = next(await gateway.answer(username, next(await gateway.step(username)).continuation));
    expect(prompted).toMatchObject({ methods: [AuthMethod.KEYBOARD_INTERACTIVE], prompts: [{ text: 'Password: ', echo: false }] });
    const answers = [
      await gateway.password(username, PASSWORD),
      await gateway.publicKey(username, keyBlob),
      await gateway.answer(username, prompted.continuation, PASSWORD),
    ];
    for (const answer of answers) expect(identity(answer)).toMatchObject({ userId, username, mustChangePassword: false });
  });

  it('a user name in another case is the same user', async () => {
    const { username, userId } = await aWorkplace(core);
    expect(identity(await gateway.password(username.toUpperCase(), PASSWORD))).toMatchObject({ userId, username });
  });

  it('wrong proofs of known users and right proofs of disabled and expired ones are answered like those of unknown users', async () => {
    const [real, disabled, expired] = [await aWorkplace(core), await aWorkplace(core), await aWorkplace(core)];
    await disabled.admin.change(`users/users/${disabled.userId}`, { is_active: false });
    await expired.admin.change(`users/users/${expired.userId}`, { date_expired: '2020-01-01T00:00:00Z' });
    const nobody = shape(await gateway.password('nobody-here', PASSWORD));
    expect(nobody).toMatchObject({ methods: FIRST, acceptableKeys: [], proofFailed: true });
    const realKeys = next(await gateway.step(real.username)).acceptableKeys;
    expect(shape(await gateway.password(real.username, 'wrong'))).toEqual({ ...nobody, acceptableKeys: realKeys });
    expect(shape(await gateway.publicKey(real.username, await wrongKey()))).toEqual({ ...nobody, acceptableKeys: realKeys });
    for (const { username, keyBlob } of [disabled, expired]) {
      expect(shape(await gateway.password(username, PASSWORD))).toEqual(nobody);
      expect(shape(await gateway.publicKey(username, keyBlob))).toEqual(nobody);
    }
  });

  it('takes as long for an unknown user as for a known one', async () => {
    const { username } = await aWorkplace(core);
    const time = async (name: string): Promise<number> => {
      const begun = performance.now();
      await gateway.password(name, 'wrong');
      return performance.now() - begun;
    };
    const [somebody, nobody]: [number[], number[]] = [[], []];
    const ratio = (): number => Math.min(...nobody) / Math.min(...somebody);
    // The shortest times are what counts: more rounds, until a busy machine has left one of each alone.
    for (let round = 0; round < 4 || (round < 30 && (ratio() < 0.5 || ratio() > 2)); round++) {
      somebody.push(await time(username));
      nobody.push(await time('nobody-at-all'));
    }
    expect(ratio()).toBeGreaterThan(0.5);
    expect(ratio()).toBeLessThan(2);
  });

  it('another user’s key does not sign in', async () => {
    const [alice, bob] = [await aWorkplace(core), await aWorkplace(core)];
    expect(next(await gateway.publicKey(alice.username, bob.keyBlob)).proofFailed).toBe(true);
  });

  it('too many wrong passwords lock the name at their source, for the API too, known or not, with the same message; keys still sign in', async () => {
    const { username, keyBlob } = await aWorkplace(core);
    for (const name of [username, 'never-was-here']) {
      for (let tries = 0; tries < 5; tries++) expect(next(await gateway.password(name, 'wrong')).proofFailed).toBe(true);
      expect(refusalOf(await gateway.password(name, PASSWORD))).toEqual({ code: 'AUTH_LOCKED', message: 'Try again later.' });
    }
    expect((await core.call('POST', 'authentication/auth', { body: { username, password: PASSWORD } })).status).toBe(429);
    expect(identity(await gateway.publicKey(username, keyBlob)).username).toBe(username);
  });

  it('three empty answers to the prompt are not three wrong passwords: they fail, and lock nothing', async () => {
    const { username } = await aWorkplace(core);
    for (let tries = 0; tries < 12; tries++) {
      const { continuation } = next(await gateway.answer(username, Buffer.alloc(0)));
      expect(next(await gateway.answer(username, continuation, '')).proofFailed).toBe(true);
    }
    expect(identity(await gateway.password(username, PASSWORD)).username).toBe(username);
  });

  it('every sign-in and every refused one is in the audit log, without the password', async () => {
    const { username, admin } = await aWorkplace(core);
    await gateway.password(username, 'not-the-password-at-all');
    await gateway.password(username, PASSWORD);
    const events = await admin.list(`audits/events?search=${username}&limit=100`);
    const signIns = events.filter((event) => event.type.startsWith('user.sign'));
    expect(signIns.map((event) => [event.type, event.outcome]).sort()).toEqual([
      ['user.sign-in-refused', 'refused'],
      ['user.signed-in', 'success'],
    ]);
    expect(JSON.stringify(events) + core.log.join('')).not.toMatch(/not-the-password-at-all|a quite long password/);
  });
});

describe('a connection that ended without a sign-in', () => {
  const failure = (username: string, given: object = {}) => ({
    username,
    client: gateway.client('192.0.2.44'),
    methods: ['none', 'publickey'],
    keysOffered: 3,
    fingerprints: [`SHA256:${'a'.repeat(43)}`],
    reason: 'NO_SIGN_IN',
    detail: 'the client closed the connection',
    endedAt: new Date(),
    ...given,
  });
  const report = (failures: ReturnType<typeof failure>[], omitted = 0) =>
    gateway.access.unary('reportFailedSignIns', { gatewayId: gateway.id, failures, omitted }, { timeoutMs: 20_000 });
  const eventsOf = (search: string) => new TestAdmin(core).list(`audits/events?type=user.sign-in-failed&search=${search}`);

  it('is one audit event with its methods, keys and reason', async () => {
    const { username } = await aWorkplace(core);
    await report([failure(username)]);
    expect(await eventsOf(username)).toMatchObject([
      {
        outcome: 'refused',
        actor: { name: username, source_ip: '192.0.2.44' },
        facts: {
          via: 'ssh',
          reason: 'NO_SIGN_IN',
          methods: ['none', 'publickey'],
          keys_offered: 3,
          fingerprints: [`SHA256:${'a'.repeat(43)}`],
          gateway: gateway.id,
        },
      },
    ]);
  });

  it('a thousand times is one event until the window ends: the rest is counted', async () => {
    const { username } = await aWorkplace(core);
    for (let round = 0; round < 10; round++) await report(Array.from({ length: 100 }, () => failure(username)));
    expect(await eventsOf(username)).toHaveLength(1);
  });

  it('puts no control character into the audit log', async () => {
    await report([failure('ev\u009b31m\u009d52;c;eA==\u0007', { detail: 'left\u001b[2J' })]);
    expect(JSON.stringify(await eventsOf('31m'))).not.toMatch(/\p{Cc}|\\u00[019]/u);
    expect(await eventsOf('31m')).toHaveLength(1);
  });

  it('which the gateway could not keep is counted in the audit log', async () => {
    await report([], 77);
    const [event] = await eventsOf('(other names)');
    expect(event).toMatchObject({ facts: { reason: 'not kept by the gateway', repeats: 77, gateway: gateway.id } });
  });
});

describe('an attacker that measures which users exist', () => {
  /** Makes users of every kind, and a name without one. */
  async function names() {
    const [active, keyless, disabled, expired] = [
      await aWorkplace(core),
      await aWorkplace(core),
      await aWorkplace(core),
      await aWorkplace(core),
    ];
    for (const { id } of await keyless.admin.list(`users/users/${keyless.userId}/ssh-keys`))
      await core.call('DELETE', `users/users/${keyless.userId}/ssh-keys/${id}`, { token: core.admin });
    await disabled.admin.change(`users/users/${disabled.userId}`, { is_active: false });
    await expired.admin.change(`users/users/${expired.userId}`, { date_expired: '2020-01-01T00:00:00Z' });
    const unknown = `missing-${active.username}`;
    return { unknown, active: active.username, keyless: keyless.username, disabled: disabled.username, expired: expired.username };
  }
  /** Returns the texts of the queries that are sent for each name. */
  async function queriesOf(ask: (username: string) => Promise<unknown>) {
    const source = core.core.app.get(DataSource);
    const sent: Record<string, string[]> = {};
    for (const [kind, username] of Object.entries(await names()))
      sent[kind] = (await sentQueries(source, () => ask(username))).map(({ sql }) => sql).filter((text) => !isOfJobs(text));
    return sent;
  }
  /** Returns true for queries of periodic jobs and health checks, which may fall between, and for the limits of transactions. */
  const isOfJobs = (text: string): boolean =>
    /^(START TRANSACTION|COMMIT)|outbox|audit_anchor|audit_head|audit_link|core"?\."?task\b|component|date_lease_expires|gateway_lease|session_end_reason|DELETE FROM core\.sign_in_failure/.test(
      text,
    );

  it.each([
    ['the first answer', (username: string) => gateway.step(username)],
    ['a wrong password', (username: string) => gateway.password(username, 'wrong')],
    ['the prompt for a password', (username: string) => gateway.answer(username, Buffer.alloc(0))],
  ])('finds the same queries behind %s for active, disabled, expired and unknown names', async (_, ask) => {
    const { unknown = [], ...known } = await queriesOf(ask);
    for (const [kind, queries] of Object.entries(known)) expect(queries, kind).toEqual(unknown);
  });

  it('finds the same queries behind a wrong key', async () => {
    const blob = await wrongKey();
    const { unknown = [], ...known } = await queriesOf((username) => gateway.publicKey(username, blob));
    expect(unknown.length).toBeGreaterThan(0);
    for (const [kind, queries] of Object.entries(known)) expect(queries, kind).toEqual(unknown);
  });

  it('finds one hash behind each wrong password, and none behind the first answer', async () => {
    const verify = vi.spyOn(core.core.app.get(PasswordHasher, { strict: false }), 'verify');
    for (const username of Object.values(await names())) {
      verify.mockClear();
      await gateway.step(username);
      expect(verify, username).toHaveBeenCalledTimes(0);
      await gateway.password(username, 'wrong');
      expect(verify, username).toHaveBeenCalledTimes(1);
    }
    verify.mockRestore();
  });
});

describe('a continuation', () => {
  it('of another user, source or gateway, or altered, ends the sign-in', async () => {
    const [alice, bob] = [await aWorkplace(core), await aWorkplace(core)];
    const other = new TestGateway(core);
    const { continuation } = next(await gateway.answer(alice.username, Buffer.alloc(0)));
    const altered = Buffer.from(continuation);
    altered[altered.length - 10] = altered[altered.length - 10]! ^ 1;
    const attempts = [
      gateway.answer(bob.username, continuation, PASSWORD),
      gateway.step(alice.username, { continuation, client: gateway.client('192.0.2.99'), proof: { $case: 'password', value: PASSWORD } }),
      other.answer(alice.username, continuation, PASSWORD),
      gateway.answer(alice.username, altered, PASSWORD),
    ];
    for (const attempt of attempts) expect(refusalOf(await attempt).code).toBe('AUTH_EXPIRED');
    other.close();
  });

  it('answers without a prompt prove nothing', async () => {
    const { username } = await aWorkplace(core);
    expect(next(await gateway.answer(username, next(await gateway.step(username)).continuation, PASSWORD)).proofFailed).toBe(true);
  });
});

describe('a password that has to be changed', () => {
  const NEW = 'an even longer password';
  const CHANGE = [
    { text: 'Current password: ', echo: false },
    { text: 'New password: ', echo: false },
    { text: 'Retype new password: ', echo: false },
  ];

  async function somebodyNew() {
    const admin = new TestAdmin(core);
    const { username, userId, keyBlob } = await aWorkplace(core);
    await admin.change(`users/users/${userId}`, { password: PASSWORD, must_change_password: true });
    return { username, keyBlob };
  }

  it('is asked for in the same prompts after keyboard-interactive, then signs in', async () => {
    const { username } = await somebodyNew();
    const asked = next(await gateway.answer(username, Buffer.alloc(0)));
    const change = next(await gateway.answer(username, asked.continuation, PASSWORD));
    expect(change).toMatchObject({
      methods: [AuthMethod.KEYBOARD_INTERACTIVE],
      prompts: CHANGE,
      proofFailed: false,
      instruction: expect.stringContaining('must change your password'),
    });
    expect(identity(await gateway.answer(username, change.continuation, PASSWORD, NEW, NEW))).toMatchObject({
      username,
      mustChangePassword: false,
    });
    expect(identity(await gateway.password(username, NEW)).username).toBe(username);
    expect(next(await gateway.password(username, PASSWORD)).proofFailed).toBe(true);
  });

  it.each(['password', 'key'] as const)('after a right %s it takes keyboard-interactive too', async (method) => {
    const { username, keyBlob } = await somebodyNew();
    const partial = next(method === 'key' ? await gateway.publicKey(username, keyBlob) : await gateway.password(username, PASSWORD));
    expect(partial).toMatchObject({ methods: [AuthMethod.KEYBOARD_INTERACTIVE], partialSuccess: true, proofFailed: false, prompts: [] });
    const change = next(await gateway.answer(username, partial.continuation));
    expect(change.prompts).toEqual(CHANGE);
    expect(identity(await gateway.answer(username, change.continuation, PASSWORD, NEW, NEW)).username).toBe(username);
  });

  it.each([
    ['new passwords that differ', [PASSWORD, NEW, 'something else'], 'do not match'],
    ['a wrong current password', ['wrong', NEW, NEW], 'current password is not right'],
    ['a short new one', [PASSWORD, 'short', 'short'], 'at least 12 characters'],
    ['the old one again', [PASSWORD, PASSWORD, PASSWORD], 'choose another'],
    ['too few answers', [PASSWORD], 'all three'],
  ])('says what was wrong with %s, and ends after the third try', async (_, answers, words) => {
    const { username } = await somebodyNew();
    let step = next(await gateway.answer(username, next(await gateway.password(username, PASSWORD)).continuation));
    for (let tries = 0; tries < 2; tries++) {
      step = next(await gateway.answer(username, step.continuation, ...answers));
      expect(step.instruction).toContain(words);
      expect(step.prompts).toEqual(CHANGE);
    }
    expect(refusalOf(await gateway.answer(username, step.continuation, ...answers)).code).toBe('AUTH_PASSWORD_NOT_CHANGED');
  });

  it('cannot be skipped', async () => {
    const { username } = await somebodyNew();
    const partial = next(await gateway.password(username, PASSWORD));
    expect(next(await gateway.password(username, PASSWORD, partial.continuation)).partialSuccess).toBe(true);
    expect(next(await gateway.answer(username, partial.continuation, PASSWORD)).proofFailed).toBe(true);
  });
});

describe('the gRPC service', () => {
  it('is shut to every peer but a gateway', async () => {
    const worker = new TestGateway(core, core.mesh.worker);
    await expect(worker.step('admin')).rejects.toMatchObject({ code: 'PEER_NOT_ALLOWED', kind: 'forbidden' });
    await expect(worker.renew()).rejects.toMatchObject({ code: 'PEER_NOT_ALLOWED' });
    worker.close();
  });

  it('refuses a request out of its bounds without repeating what it holds', async () => {
    const error = await gateway.password('x', `secret${'x'.repeat(5000)}`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REQUEST_OUT_OF_BOUNDS', kind: 'invalid' });
    expect(String(error)).not.toContain('secretx');
  });
});
