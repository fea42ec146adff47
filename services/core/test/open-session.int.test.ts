import { uuidv7 } from '@sallyport/context';
import type { Identity } from '@sallyport/proto-gen/access/v1/authenticate';
import { Action, EndReason, HostKeyVerdict, RecordingMode } from '@sallyport/proto-gen/access/v1/session';
import { makeSshKey, withClient } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { granted, identity, refusalOf, TestGateway } from './a-gateway.js';
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

const OPTIONS = { timeoutMs: 20_000 };
const EVERY_ACTION = Object.values(Action).filter((action) => typeof action === 'number' && action !== Action.UNSPECIFIED);
type Workplace = Awaited<ReturnType<typeof aWorkplace>>;

async function aSignedIn(): Promise<Workplace & { me: Identity }> {
  const place = await aWorkplace(core);
  return { ...place, me: identity(await gateway.password(place.username, PASSWORD)) };
}

const aHostKey = async () => {
  const [algorithm = '', blob = ''] = (await makeSshKey('ed25519', 'host')).publicKey.split(' ');
  return { algorithm, blob: Buffer.from(blob, 'base64') };
};
const eventsOf = (place: Workplace, type: string) => place.admin.list(`audits/events?type=${type}&search=${place.username}&limit=100`);
/** Sets the actions of a permission, which REST does not take yet. */
const permit = (permissionId: string, ...actions: string[]) =>
  withClient(core.postgres.coreUrl, (client) =>
    client.query('UPDATE core.asset_permission SET actions = $2 WHERE id = $1', [permissionId, actions]),
  );
const sessionsOf = (place: Workplace) => place.admin.list(`terminal/sessions?user=${place.username}`);
const report = async (sessionId: string, hostKey: Awaited<ReturnType<typeof aHostKey>>) =>
  (await gateway.access.unary('reportHostKey', { sessionId, hostKey }, OPTIONS)).verdict;
const close = (sessionId: string, reason = EndReason.FINISHED) =>
  gateway.access.unary('closeSession', { sessionId, reason, detail: '', lastSeq: 9n, link: Buffer.alloc(0), endedAt: new Date() }, OPTIONS);

describe('an allowed session', () => {
  it('gets all that is needed to dial, and is there for the admin with an audit event', async () => {
    const place = await aSignedIn();
    const sessionId = uuidv7();
    const grant = granted(await gateway.open(place.me, place.asset, 'root', sessionId));
    expect(grant).toEqual({
      sessionId,
      orgId: expect.any(String),
      orgName: expect.any(String),
      userId: place.userId,
      username: place.username,
      assetId: place.assetId,
      assetName: place.asset,
      address: place.address,
      port: 2200,
      accountId: place.accountId,
      credential: { username: 'root', secret: { $case: 'password', value: 'the secret of root' } },
      hostKeys: [],
      recordingMode: RecordingMode.STRICT,
      idleTimeout: { seconds: 1800n, nanos: 0 },
      expiresAt: expect.any(Date),
      expiryReason: EndReason.MAX_DURATION,
      lease: { seconds: 30n, nanos: 0 },
      maxOutputBytes: 0n,
      startedAt: expect.any(Date),
      actions: EVERY_ACTION.map((action) => ({ action, until: undefined })),
    });
    expect(await sessionsOf(place)).toMatchObject([
      {
        id: sessionId,
        state: 'active',
        user: place.username,
        asset: place.asset,
        account: 'root',
        gateway: gateway.id,
        client: 'OpenSSH_9.2p1',
        permission: place.permissionId,
      },
    ]);
    expect(await eventsOf(place, 'session.opened')).toMatchObject([{ outcome: 'success', resource: { id: sessionId } }]);
  });

  it.each(['name', 'address', 'id'] as const)('is found by the asset’s %s, and takes the only account', async (by) => {
    const place = await aSignedIn();
    const text = { name: place.asset.toUpperCase(), address: place.address, id: place.assetId }[by];
    expect(await gateway.grant(place.me, text)).toMatchObject({ assetId: place.assetId, accountId: place.accountId });
  });

  it('a private key comes opened', async () => {
    const place = await aSignedIn();
    const { privateKey } = await makeSshKey('ed25519', 'login');
    await place.admin.change(`accounts/accounts/${place.accountId}`, { private_key: privateKey });
    const { credential } = await gateway.grant(place.me, place.asset);
    expect(credential).toMatchObject({
      username: 'root',
      secret: { $case: 'privateKey', value: { pem: expect.stringContaining('BEGIN OPENSSH PRIVATE KEY') } },
    });
  });

  it('asks which account when several would do', async () => {
    const place = await aSignedIn();
    await place.admin.create('accounts/accounts', { asset: place.assetId, username: 'deploy', password: 'x' });
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { accounts: ['@all'] });
    expect((await gateway.open(place.me, place.asset)).decision).toMatchObject({
      $case: 'choose',
      value: { assetName: place.asset, accounts: [{ username: 'deploy' }, { username: 'root' }] },
    });
    expect((await gateway.grant(place.me, place.asset, 'deploy')).credential?.username).toBe('deploy');
  });

  it('ends with its permission at the latest', async () => {
    const place = await aSignedIn();
    const end = new Date(Date.now() + 600_000);
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { date_expired: end.toISOString() });
    expect((await gateway.grant(place.me, place.asset)).expiresAt).toEqual(end);
  });

  it('has the end of each action from the permission that allows it longest, in the grant and in its row', async () => {
    const place = await aSignedIn();
    const end = new Date(Date.now() + 600_000);
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { date_expired: end.toISOString() });
    await permit(place.permissionId, 'connect', 'upload');
    const transfer = await place.admin.create('perms/asset-permissions', {
      name: `${place.asset}-transfer`,
      users: [place.userId],
      assets: [place.assetId],
      accounts: ['root'],
    });
    await permit(transfer, 'upload', 'download');
    const grant = await gateway.grant(place.me, place.asset);
    expect(grant.expiresAt).toEqual(end);
    expect(grant.actions).toEqual([
      { action: Action.CONNECT, until: end },
      { action: Action.UPLOAD, until: undefined },
      { action: Action.DOWNLOAD, until: undefined },
    ]);
    const { rows } = await withClient(core.postgres.coreUrl, (client) =>
      client.query('SELECT permission_id, actions FROM core.session WHERE id = $1', [grant.sessionId]),
    );
    expect(rows).toEqual([
      {
        permission_id: place.permissionId,
        actions: {
          connect: { until: end.toISOString(), permission: place.permissionId },
          upload: { until: null, permission: transfer },
          download: { until: null, permission: transfer },
        },
      },
    ]);
  });

  it('asked for again with the same id is the same session, also twice at once', async () => {
    const place = await aSignedIn();
    const sessionId = uuidv7();
    const grants = await Promise.all([1, 2, 3].map(() => gateway.open(place.me, place.asset, 'root', sessionId)));
    const again = granted(await gateway.open(place.me, place.asset, 'root', sessionId));
    for (const grant of grants) expect(granted(grant).startedAt).toEqual(again.startedAt);
    expect(await sessionsOf(place)).toHaveLength(1);
    expect(await eventsOf(place, 'session.opened')).toHaveLength(1);
  });

  it('is not opened again under the id of a closed session or of another user’s session', async () => {
    const [place, other] = [await aSignedIn(), await aSignedIn()];
    const { sessionId } = await gateway.grant(place.me, place.asset);
    expect(refusalOf(await gateway.open(other.me, other.asset, 'root', sessionId)).code).toBe('SESSION_ID_TAKEN');
    await close(sessionId);
    expect(refusalOf(await gateway.open(place.me, place.asset, 'root', sessionId)).code).toBe('SESSION_ID_TAKEN');
    expect(await sessionsOf(other)).toEqual([]);
  });
});

describe('a refused session', () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  const past = new Date(Date.now() - 172_800_000).toISOString();
  const cases: [string, string, (place: Workplace) => Promise<unknown>][] = [
    [
      'without permission',
      'no-permission',
      ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { users: [] }),
    ],
    [
      'with an expired permission',
      'permission-expired',
      ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { date_start: past, date_expired: yesterday }),
    ],
    [
      'with a disabled permission',
      'permission-disabled',
      ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { is_active: false }),
    ],
    [
      'with a permission for another account',
      'account-not-permitted',
      ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { accounts: ['deploy'] }),
    ],
    ['with a permission without "connect"', 'action-not-permitted', ({ permissionId }) => permit(permissionId, 'upload', 'download')],
    [
      'with a disabled account',
      'account-disabled',
      ({ admin, accountId }) => admin.change(`accounts/accounts/${accountId}`, { is_active: false }),
    ],
    ['with a disabled asset', 'asset-disabled', ({ admin, assetId }) => admin.change(`assets/hosts/${assetId}`, { is_active: false })],
  ];

  it.each(cases)('%s gets the answer of an asset that does not exist, and no session', async (_, reason, spoil) => {
    const place = await aSignedIn();
    await spoil(place);
    for (const text of [place.asset, place.address, place.assetId]) {
      expect(refusalOf(await gateway.open(place.me, text, 'root'))).toEqual({
        code: 'TARGET_NOT_GRANTED',
        message: `There is no account "root" on an asset "${text}" that you may use.`,
      });
    }
    expect(refusalOf(await gateway.open(place.me, 'no-such-asset', 'root'))).toEqual({
      code: 'TARGET_NOT_GRANTED',
      message: 'There is no account "root" on an asset "no-such-asset" that you may use.',
    });
    expect(await sessionsOf(place)).toEqual([]);
    const events = await eventsOf(place, 'session.refused');
    expect(events).toHaveLength(4);
    expect(events.map((event) => event.facts['reason'])).toEqual(expect.arrayContaining([reason, 'no-such-asset']));
    const list = await gateway.access.unary('listGranted', { identityToken: place.me.token, search: '', limit: 10, offset: 0 }, OPTIONS);
    expect(list).toEqual({ assets: [], count: 0 });
  });

  it.each([
    ['disabled', { is_active: false }],
    ['expired', { date_expired: yesterday }],
  ])('of a user that was %s since the sign-in says so, for a list too', async (_, change) => {
    const place = await aSignedIn();
    await place.admin.change(`users/users/${place.userId}`, change);
    expect(refusalOf(await gateway.open(place.me, place.asset)).code).toBe('USER_NOT_ACTIVE');
    const list = gateway.access.unary('listGranted', { identityToken: place.me.token, search: '', limit: 10, offset: 0 }, OPTIONS);
    await expect(list).rejects.toMatchObject({ code: 'SIGN_IN_NOT_VALID', kind: 'unauthenticated' });
    expect(await sessionsOf(place)).toEqual([]);
  });

  it('a proof of sign-in is good for its own gateway and client alone, and not once altered', async () => {
    const place = await aSignedIn();
    const other = new TestGateway(core);
    const altered = Buffer.from(place.me.token);
    altered[100] = altered[100]! ^ 1;
    const request = { target: { asset: place.asset, account: '' }, sessionId: uuidv7() };
    const attempts = [
      other.open(place.me, place.asset),
      gateway.open({ ...place.me, token: altered }, place.asset),
      gateway.open({ ...place.me, token: Buffer.alloc(0) }, place.asset),
      gateway.access.unary('openSession', { ...request, identityToken: place.me.token, client: gateway.client('192.0.2.9') }, OPTIONS),
    ];
    for (const attempt of attempts) expect(refusalOf(await attempt).code).toBe('AUTH_SIGN_IN_EXPIRED');
    other.close();
  });

  it('an address that several assets of theirs have names them, and none that is not theirs', async () => {
    const place = await aSignedIn();
    const twin = await place.admin.create('assets/hosts', { name: `${place.asset}-twin`, address: place.address });
    await place.admin.create('accounts/accounts', { asset: twin, username: 'root', password: 'x' });
    const hidden = await place.admin.create('assets/hosts', { name: `${place.asset}-hidden`, address: place.address });
    await place.admin.create('accounts/accounts', { asset: hidden, username: 'root', password: 'x' });
    expect(granted(await gateway.open(place.me, place.address)).assetId).toBe(place.assetId);
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { assets: [place.assetId, twin] });
    const refusal = refusalOf(await gateway.open(place.me, place.address));
    expect(refusal).toMatchObject({ code: 'TARGET_AMBIGUOUS', message: expect.stringContaining(`${place.asset}, ${place.asset}-twin.`) });
    expect(refusal.message).not.toContain('hidden');
  });
});

describe('host keys', () => {
  it('the first one is pinned for all users, and audited', async () => {
    const place = await aSignedIn();
    const key = await aHostKey();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    expect(await report(sessionId, key)).toBe(HostKeyVerdict.TRUSTED);
    expect(await report(sessionId, key)).toBe(HostKeyVerdict.TRUSTED);
    expect((await gateway.grant(place.me, place.asset)).hostKeys).toEqual([key]);
    expect(await eventsOf(place, 'host-key.pinned')).toHaveLength(1);
  });

  it('another one is refused and audited with both fingerprints; what is pinned stays', async () => {
    const place = await aSignedIn();
    const [key, forged] = [await aHostKey(), await aHostKey()];
    await report((await gateway.grant(place.me, place.asset)).sessionId, key);
    const { sessionId } = await gateway.grant(place.me, place.asset);
    expect(await report(sessionId, forged)).toBe(HostKeyVerdict.CHANGED);
    const [event] = await eventsOf(place, 'host-key.changed');
    expect(event).toMatchObject({
      outcome: 'refused',
      facts: { session: sessionId, fingerprint: expect.stringMatching(/^SHA256:/), pinned: expect.stringMatching(/^SHA256:/) },
    });
    expect(event?.facts['fingerprint']).not.toBe(event?.facts['pinned']);
    await close(sessionId, EndReason.HOST_KEY_CHANGED);
    expect((await sessionsOf(place)).find((each) => each.id === sessionId)).toMatchObject({
      state: 'failed',
      end_reason: 'host_key_changed',
      host_key: event?.facts['fingerprint'],
    });
    expect((await gateway.grant(place.me, place.asset)).hostKeys).toEqual([key]);
  });

  it('the key that was checked is in the row of every session: of the first, and of those that found it pinned', async () => {
    const place = await aSignedIn();
    const [key, second] = [await aHostKey(), await aHostKey()];
    const first = await gateway.grant(place.me, place.asset);
    await report(first.sessionId, key);
    const later = await gateway.grant(place.me, place.asset);
    const keyOf = async (sessionId: string) => (await sessionsOf(place)).find(({ id }) => id === sessionId)?.['host_key'];
    const fingerprint = await keyOf(first.sessionId);
    expect(fingerprint).toMatch(/^SHA256:/);
    expect(await keyOf(later.sessionId)).toBe(fingerprint);
    expect(await report(later.sessionId, key)).toBe(HostKeyVerdict.TRUSTED);
    expect(await report(later.sessionId, second)).toBe(HostKeyVerdict.CHANGED);
    expect(await keyOf(later.sessionId)).not.toBe(fingerprint);
  });

  it('of two first keys at once one is pinned and the other refused', async () => {
    const place = await aSignedIn();
    const sessions = [await gateway.grant(place.me, place.asset), await gateway.grant(place.me, place.asset)];
    const verdicts = await Promise.all(sessions.map(async ({ sessionId }) => report(sessionId, await aHostKey())));
    expect(verdicts.sort()).toEqual([HostKeyVerdict.TRUSTED, HostKeyVerdict.CHANGED]);
  });

  it('nothing is pinned for a session that has ended or never was', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    await close(sessionId);
    for (const id of [sessionId, uuidv7()]) await expect(report(id, await aHostKey())).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });
});

describe('a running session', () => {
  it('that is to be ended says which part of its right is gone: to its user, in its row and in the audit log', async () => {
    const gone = (path: string) => async () => expect((await core.call('DELETE', path, { token: core.admin })).status).toBe(204);
    const spoils: [string, string, (place: Workplace) => Promise<unknown>][] = [
      [
        'permission_removed',
        'withdrawn',
        ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { users: [] }),
      ],
      ['permission_removed', 'withdrawn', ({ permissionId }) => gone(`perms/asset-permissions/${permissionId}`)()],
      ['permission_removed', 'withdrawn', ({ permissionId }) => permit(permissionId, 'upload')],
      [
        'permission_disabled',
        'permission for it was disabled',
        ({ admin, permissionId }) => admin.change(`perms/asset-permissions/${permissionId}`, { is_active: false }),
      ],
      [
        'permission_expired',
        'permission for it has expired',
        ({ admin, permissionId }) =>
          admin.change(`perms/asset-permissions/${permissionId}`, {
            date_start: '2020-01-01T00:00:00Z',
            date_expired: '2020-01-02T00:00:00Z',
          }),
      ],
      ['user_disabled', 'user was disabled', ({ admin, userId }) => admin.change(`users/users/${userId}`, { is_active: false })],
      [
        'user_expired',
        'user has expired',
        ({ admin, userId }) => admin.change(`users/users/${userId}`, { date_expired: '2020-01-01T00:00:00Z' }),
      ],
      ['user_deleted', 'user was deleted', ({ userId }) => gone(`users/users/${userId}`)()],
      [
        'account_disabled',
        'account on the asset was disabled',
        ({ admin, accountId }) => admin.change(`accounts/accounts/${accountId}`, { is_active: false }),
      ],
      ['account_deleted', 'account on the asset was deleted', ({ accountId }) => gone(`accounts/accounts/${accountId}`)()],
      ['asset_disabled', 'asset was disabled', ({ admin, assetId }) => admin.change(`assets/hosts/${assetId}`, { is_active: false })],
      ['asset_deleted', 'asset was deleted', ({ assetId }) => gone(`assets/hosts/${assetId}`)()],
    ];
    for (const [reason, words, spoil] of spoils) {
      const place = await aSignedIn();
      const { sessionId } = await gateway.grant(place.me, place.asset);
      expect(await gateway.renew(sessionId)).toEqual([]);
      await spoil(place);
      const pb = EndReason[reason.toUpperCase() as keyof typeof EndReason];
      expect(await gateway.renew(sessionId)).toEqual([{ sessionId, reason: pb, message: expect.stringContaining(words) }]);
      await close(sessionId, pb);
      expect(await sessionsOf(place)).toMatchObject([{ state: 'terminated', end_reason: reason, ended_by: null }]);
      expect(
        (await eventsOf(place, 'session.closed')).map(({ facts }) => facts),
        reason,
      ).toMatchObject([{ reason }]);
    }
  });

  it('is granted with the reason that it ends with by itself: its permission’s end, its user’s, or its longest duration', async () => {
    const soon = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const place = await aSignedIn();
    const reason = async () => (await gateway.grant(place.me, place.asset)).expiryReason;
    expect(await reason()).toBe(EndReason.MAX_DURATION);
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { date_expired: soon(60) });
    expect(await reason()).toBe(EndReason.PERMISSION_EXPIRED);
    await place.admin.change(`users/users/${place.userId}`, { date_expired: soon(30) });
    expect(await reason()).toBe(EndReason.USER_EXPIRED);
  });

  it('is renewed among very many in one call, within the time a gateway waits', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    const others = Array.from({ length: 20_000 }, () => uuidv7());
    const begun = performance.now();
    const ended = await gateway.renew(sessionId, ...others);
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect(ended.map((each) => each.sessionId).sort()).toEqual(others.sort());
  });

  it('that an admin terminates is named at the next renewal, with the admin’s message; a second request is not another event', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    const path = `terminal/sessions/${sessionId}/terminate`;
    const body = { message: 'Maintenance begins' };
    expect(await core.call('POST', path, { token: core.admin, body })).toMatchObject({
      status: 202,
      json: { state: 'active', is_termination_asked: true, ended_by: 'admin' },
    });
    expect((await core.call('POST', path, { token: core.admin, body: {} })).status).toBe(202);
    expect(await gateway.renew(sessionId)).toEqual([
      { sessionId, reason: EndReason.TERMINATED, message: 'An administrator ended this session: Maintenance begins' },
    ]);
    await close(sessionId, EndReason.TERMINATED);
    expect(await sessionsOf(place)).toMatchObject([{ state: 'terminated', end_reason: 'terminated', ended_by: 'admin' }]);
    expect((await eventsOf(place, 'session.closed')).map(({ facts }) => facts)).toMatchObject([{ ended_by: 'admin' }]);
    expect(await eventsOf(place, 'session.terminate-asked')).toHaveLength(1);
    expect(await core.call('POST', path, { token: core.admin, body: {} })).toMatchObject({
      status: 409,
      json: { error: { code: 'SESSION_ENDED' } },
    });
    expect(await core.call('POST', `terminal/sessions/${uuidv7()}/terminate`, { token: core.admin, body: {} })).toMatchObject({
      status: 404,
      json: { error: { code: 'SESSION_NOT_FOUND' } },
    });
  });

  it('that reached its maximum duration is to be ended', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    await withClient(core.postgres.coreUrl, (client) =>
      client.query('UPDATE core.session SET date_expires = now() WHERE id = $1', [sessionId]),
    );
    expect(await gateway.renew(sessionId)).toMatchObject([{ sessionId, reason: EndReason.MAX_DURATION }]);
  });

  it('of another gateway, or that core does not know, is to be ended', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    const other = new TestGateway(core);
    const unknown = uuidv7();
    expect((await other.renew(sessionId, unknown)).map((each) => each.sessionId)).toEqual([sessionId, unknown]);
    other.close();
  });

  it('can be closed by its gateway for every reason but that it is lost', async () => {
    const place = await aSignedIn();
    const { sessionId } = await gateway.grant(place.me, place.asset);
    await expect(close(sessionId, EndReason.LOST)).rejects.toMatchObject({ code: 'REQUEST_OUT_OF_BOUNDS' });
    await close(sessionId);
    await close(sessionId, EndReason.DIAL_FAILED);
    expect(await sessionsOf(place)).toMatchObject([{ state: 'finished', end_reason: 'finished' }]);
  });
});

describe('the menu', () => {
  it('lists, searches and pages what is theirs alone', async () => {
    const place = await aSignedIn();
    const more: string[] = [];
    for (const name of ['b', 'c', 'd']) {
      const id = await place.admin.create('assets/hosts', {
        name: `${name}-${place.asset}`,
        address: '10.1.1.1',
        comment: `the ${name} machine`,
      });
      await place.admin.create('accounts/accounts', { asset: id, username: 'root', password: 'x' });
      if (name !== 'd') more.push(id);
    }
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { assets: [place.assetId, ...more] });
    const list = async (search: string, limit: number, offset: number) => {
      const { assets, count } = await gateway.access.unary(
        'listGranted',
        { identityToken: place.me.token, search, limit, offset },
        OPTIONS,
      );
      return { names: assets.map((asset) => asset.name), count };
    };
    const [b, c] = [`b-${place.asset}`, `c-${place.asset}`];
    expect(await list('', 2, 0)).toEqual({ names: [b, c], count: 3 });
    expect(await list('', 2, 2)).toEqual({ names: [place.asset], count: 3 });
    expect(await list('the C mach', 10, 0)).toEqual({ names: [c], count: 1 });
    expect(await list('%\0', 10, 0)).toEqual({ names: [], count: 0 });
    await expect(list('', 0, 0)).rejects.toMatchObject({ code: 'REQUEST_OUT_OF_BOUNDS' });
  });
});

describe('sessions over REST', () => {
  it('are filtered by user, asset, account, state and time, newest first', async () => {
    const place = await aSignedIn();
    const ids: string[] = [];
    for (let nth = 0; nth < 3; nth++) ids.push((await gateway.grant(place.me, place.asset)).sessionId);
    await close(ids[0] ?? '');
    const find = async (query: string) =>
      (await place.admin.list(`terminal/sessions?user=${place.username}&${query}`)).map((each) => ids.indexOf(each.id));
    expect(await find('')).toEqual([2, 1, 0]);
    expect(await find('order=date_start&limit=2')).toEqual([0, 1]);
    expect(await find('state=finished')).toEqual([0]);
    expect(await find(`asset=${place.asset}&account=root&state=active`)).toEqual([2, 1]);
    expect(await find(`asset=${place.assetId}`)).toEqual([2, 1, 0]);
    expect(await find('account=nobody')).toEqual([]);
    expect(await find(`date_from=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`)).toEqual([]);
    expect(await find(`search=${place.asset.toUpperCase()}`)).toEqual([2, 1, 0]);
  });

  it('are for auditors and admins, not for users; only admins terminate', async () => {
    const place = await aSignedIn();
    const token = await core.signIn(place.username, PASSWORD);
    expect((await core.call('GET', 'terminal/sessions', { token })).status).toBe(403);
    expect((await core.call('GET', 'terminal/sessions')).status).toBe(401);
    await place.admin.change(`users/users/${place.userId}`, { role: 'auditor' });
    expect((await core.call('GET', 'terminal/sessions', { token })).status).toBe(200);
    const { sessionId } = await gateway.grant(place.me, place.asset);
    expect((await core.call('POST', `terminal/sessions/${sessionId}/terminate`, { token, body: {} })).status).toBe(403);
  });
});

it('no secret of an account is in any log line, audit event or published fact', async () => {
  const place = await aSignedIn();
  await gateway.grant(place.me, place.asset);
  const everything = `SELECT convert_from(payload, 'LATIN1') AS text FROM core.outbox UNION ALL SELECT facts::text FROM core.audit_event`;
  const { rows } = await withClient(core.postgres.coreUrl, (client) => client.query(everything));
  expect(rows.length).toBeGreaterThan(10);
  expect(JSON.stringify(rows) + core.log.join('')).not.toContain('the secret of root');
});
