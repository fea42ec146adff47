import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Identity } from '@sallyport/proto-gen/access/v1/authenticate';
import { makeSshKey } from '@sallyport/testkit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { granted, identity, next, refusalOf, TestGateway } from './a-gateway.js';
import { aWorkplace, PASSWORD } from './some-people.js';

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

type Workplace = Awaited<ReturnType<typeof aWorkplace>>;
const NEW = 'an even longer password';
const OPTIONS = { timeoutMs: 20_000 };

/** Makes a user with one connection signed in by key and one by password, each with a running session. */
async function twoConnections() {
  const place = await aWorkplace(core);
  const [byKey, byPassword] = [
    identity(await gateway.publicKey(place.username, place.keyBlob)),
    identity(await gateway.password(place.username, PASSWORD)),
  ];
  const sessions = { byKey: await begin(byKey, place), byPassword: await begin(byPassword, place) };
  return { ...place, byKey, byPassword, sessions };
}
const begin = async (who: Identity, place: Workplace): Promise<string> => (await gateway.grant(who, place.asset)).sessionId;
const opens = async (who: Identity, place: Workplace): Promise<string> => {
  const { decision } = await gateway.open(who, place.asset);
  return decision?.$case === 'refused' ? decision.value.code : (decision?.$case ?? '');
};
const removeKeys = async ({ userId, admin }: Workplace): Promise<void> => {
  for (const { id } of await admin.list(`users/users/${userId}/ssh-keys`))
    expect((await core.call('DELETE', `users/users/${userId}/ssh-keys/${id}`, { token: core.admin })).status).toBe(204);
};
const close = (sessionId: string, reason: EndReason) =>
  gateway.access.unary(
    'closeSession',
    { sessionId, reason, detail: 'core ordered it', lastSeq: 9n, link: Buffer.alloc(0), endedAt: new Date() },
    OPTIONS,
  );

describe('a thief of a key whose owner removes it', () => {
  it('can open no session over a connection that is signed in with it, and running sessions end at the next renewal', async () => {
    const place = await twoConnections();
    expect(await gateway.renew(place.sessions.byKey, place.sessions.byPassword)).toEqual([]);
    await removeKeys(place);
    expect(refusalOf(await gateway.open(place.byKey, place.asset))).toEqual({
      code: 'SIGN_IN_REVOKED',
      message: 'The SSH key that you signed in with was removed. Connect again.',
    });
    expect(await opens(place.byPassword, place)).toBe('grant');
    expect(await gateway.renew(place.sessions.byKey, place.sessions.byPassword)).toEqual([
      {
        sessionId: place.sessions.byKey,
        reason: EndReason.SIGN_IN_REVOKED,
        message: expect.stringContaining('key that you signed in with'),
      },
    ]);
  });

  it('does not see the list of assets any more', async () => {
    const place = await twoConnections();
    await removeKeys(place);
    const list = { identityToken: place.byKey.token, search: '', limit: 10, offset: 0 };
    await expect(gateway.access.unary('listGranted', list, OPTIONS)).rejects.toMatchObject({ code: 'SIGN_IN_NOT_VALID' });
  });

  it('does not get back in over the old connection when the owner adds the same key again', async () => {
    const place = await aWorkplace(core);
    const key = await makeSshKey('ed25519', 'twice');
    await place.admin.create(`users/users/${place.userId}/ssh-keys`, { public_key: key.publicKey });
    const who = identity(await gateway.publicKey(place.username, Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64')));
    await removeKeys(place);
    await place.admin.create(`users/users/${place.userId}/ssh-keys`, { public_key: key.publicKey });
    expect(await opens(who, place)).toBe('SIGN_IN_REVOKED');
  });

  it('leaves the reason in the session and in the audit log, also for what was refused', async () => {
    const place = await twoConnections();
    await removeKeys(place);
    await opens(place.byKey, place);
    await close(place.sessions.byKey, EndReason.SIGN_IN_REVOKED);
    const session = (await core.call('GET', `terminal/sessions/${place.sessions.byKey}`, { token: core.admin })).json;
    expect(session).toMatchObject({ state: 'terminated', end_reason: 'sign_in_revoked' });
    const events = await place.admin.list(`audits/events?search=${place.username}&limit=100`);
    const facts = (type: string) => events.filter((event) => event.type === type).map((event) => event.facts);
    expect(facts('session.closed')).toMatchObject([{ reason: 'sign_in_revoked' }]);
    expect(facts('session.refused')).toMatchObject([{ reason: 'key removed', asset: place.asset, gateway: gateway.id }]);
  });
});

describe('a thief of a password', () => {
  it.each([
    ['its owner changes it over the API', (place: Workplace) => changeOwn(place)],
    ['an admin sets another one', ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { password: NEW })],
    ['an admin asks for a change', ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { must_change_password: true })],
    [
      'an admin asks for a change and withdraws that',
      async ({ admin, userId }: Workplace) => {
        await admin.change(`users/users/${userId}`, { must_change_password: true });
        await admin.change(`users/users/${userId}`, { must_change_password: false });
      },
    ],
  ])('loses connections and sessions when %s; a connection signed in by key goes on', async (_, change) => {
    const place = await twoConnections();
    await change(place);
    expect(await opens(place.byPassword, place)).toBe('SIGN_IN_REVOKED');
    expect(await opens(place.byKey, place)).toBe('grant');
    expect(await gateway.renew(place.sessions.byKey, place.sessions.byPassword)).toEqual([
      { sessionId: place.sessions.byPassword, reason: EndReason.SIGN_IN_REVOKED, message: expect.stringContaining('password was changed') },
    ]);
  });

  it('loses the bearer tokens of the user, but not the one that changed it', async () => {
    const place = await aWorkplace(core);
    const [mine, stolen] = [await core.signIn(place.username, PASSWORD), await core.signIn(place.username, PASSWORD)];
    await changeOwn(place, mine);
    const profile = async (token: string) => (await core.call('GET', 'users/profile', { token })).status;
    expect([await profile(mine), await profile(stolen)]).toEqual([200, 401]);
  });

  it('keeps nothing of a change of other fields: a comment ends no sign-in', async () => {
    const place = await twoConnections();
    await place.admin.change(`users/users/${place.userId}`, { comment: 'moved to the second floor' });
    expect([await opens(place.byKey, place), await opens(place.byPassword, place)]).toEqual(['grant', 'grant']);
    expect(await gateway.renew(place.sessions.byKey, place.sessions.byPassword)).toEqual([]);
  });
});

describe('a sign-in with a key that led to a change of the password', () => {
  async function changedAtSignIn() {
    const place = await aWorkplace(core);
    await place.admin.change(`users/users/${place.userId}`, { must_change_password: true });
    const partial = next(await gateway.publicKey(place.username, place.keyBlob));
    const asked = next(await gateway.answer(place.username, partial.continuation));
    return { ...place, who: identity(await gateway.answer(place.username, asked.continuation, PASSWORD, NEW, NEW)) };
  }

  it('is valid after its own change', async () => {
    const place = await changedAtSignIn();
    expect(await opens(place.who, place)).toBe('grant');
  });

  it('ends with the key', async () => {
    const place = await changedAtSignIn();
    await removeKeys(place);
    expect(await opens(place.who, place)).toBe('SIGN_IN_REVOKED');
  });

  it('ends with the new password', async () => {
    const place = await changedAtSignIn();
    await place.admin.change(`users/users/${place.userId}`, { password: PASSWORD });
    expect(await opens(place.who, place)).toBe('SIGN_IN_REVOKED');
  });
});

describe('a user that is gone', () => {
  it.each([
    ['disabled', EndReason.USER_DISABLED, ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { is_active: false })],
    [
      'expired',
      EndReason.USER_EXPIRED,
      ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { date_expired: '2020-01-01T00:00:00Z' }),
    ],
    [
      'deleted',
      EndReason.USER_DELETED,
      async ({ userId }: Workplace) =>
        void expect((await core.call('DELETE', `users/users/${userId}`, { token: core.admin })).status).toBe(204),
    ],
  ])('(%s) opens nothing, and its sessions end at the next renewal', async (word, reason, remove) => {
    const place = await twoConnections();
    await remove(place);
    expect([await opens(place.byKey, place), await opens(place.byPassword, place)]).toEqual(['USER_NOT_ACTIVE', 'USER_NOT_ACTIVE']);
    const ended = await gateway.renew(place.sessions.byKey, place.sessions.byPassword);
    const end = { reason, message: expect.stringContaining(word) };
    expect(ended).toMatchObject([end, end]);
  });
});

describe('a connection without a session', () => {
  const check = async (place: Awaited<ReturnType<typeof twoConnections>>, by: TestGateway = gateway) => {
    const uses = [place.byKey, place.byPassword].map(({ token }, at) => ({ connection: BigInt(at + 1), identityToken: token }));
    const { revoked } = await by.access.unary('checkSignIns', { gatewayId: by.id, uses }, OPTIONS);
    return revoked.map(({ connection, ...rest }) => ({ connection: Number(connection), ...rest }));
  };
  const both = (reason: EndReason, message: unknown) => [1, 2].map((connection) => ({ connection, reason, message }));

  it('stays while its user, key and password are valid', async () => {
    expect(await check(await twoConnections())).toEqual([]);
  });

  it('has to end when the key is removed that it was signed in with; one signed in by password stays', async () => {
    const place = await twoConnections();
    await removeKeys(place);
    const message = 'The SSH key that you signed in with was removed. Connect again.';
    expect(await check(place)).toEqual([{ connection: 1, reason: EndReason.SIGN_IN_REVOKED, message }]);
  });

  it('has to end when the password is changed that it was signed in with; one signed in by key stays', async () => {
    const place = await twoConnections();
    await changeOwn(place);
    const message = 'Your password was changed after you signed in. Connect again.';
    expect(await check(place)).toEqual([{ connection: 2, reason: EndReason.SIGN_IN_REVOKED, message }]);
  });

  it.each([
    ['disabled', EndReason.USER_DISABLED, ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { is_active: false })],
    [
      'expired',
      EndReason.USER_EXPIRED,
      ({ admin, userId }: Workplace) => admin.change(`users/users/${userId}`, { date_expired: '2020-01-01T00:00:00Z' }),
    ],
    ['deleted', EndReason.USER_DELETED, ({ userId }: Workplace) => core.call('DELETE', `users/users/${userId}`, { token: core.admin })],
  ])('has to end when its user is %s', async (word, reason, remove) => {
    const place = await twoConnections();
    await remove(place);
    expect(await check(place)).toEqual(both(reason, expect.stringContaining(word)));
  });

  it('is not named for a token of another gateway, or for one that core did not make', async () => {
    const place = await twoConnections();
    await removeKeys(place);
    const other = new TestGateway(core);
    expect(await check(place, other)).toEqual([]);
    other.close();
    const forged = { ...place, byKey: { ...place.byKey, token: Buffer.from('forged') } };
    expect(await check(forged)).toEqual([]);
  });
});

async function changeOwn(place: Workplace, token?: string): Promise<void> {
  const body = { old_password: PASSWORD, new_password: NEW };
  const used = token ?? (await core.signIn(place.username, PASSWORD));
  expect((await core.call('POST', 'users/profile/password', { token: used, body })).status).toBe(200);
}

it('a session of a core before the update, which kept no credential, goes on', async () => {
  const place = await twoConnections();
  const { sessionId } = granted(await gateway.open(place.byPassword, place.asset));
  await core.core.app
    .get(DataSource)
    .query('UPDATE core.session SET sign_in_key_id = NULL, sign_in_password_generation = NULL WHERE id = $1', [sessionId]);
  await place.admin.change(`users/users/${place.userId}`, { password: NEW });
  expect(await gateway.renew(sessionId)).toEqual([]);
});
