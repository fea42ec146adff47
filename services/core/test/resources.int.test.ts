import { freePort } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type Answer, type TestCore } from './a-core.js';
import { TestAdmin } from './some-people.js';
import { FakeRecorder } from './some-peers.js';

let core: TestCore;
let recorder: { stop(): Promise<void> };
let admin: TestAdmin;
beforeAll(async () => {
  const port = await freePort();
  core = await aCore({ CORE_RECORDER_ADDRESS: `127.0.0.1:${port}` });
  recorder = await new FakeRecorder().start(core, port); // the chain is verified from its anchors
  admin = new TestAdmin(core);
});
afterAll(async () => {
  await core.stop();
  await recorder.stop();
});

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  core.call(method, path, { token: core.admin, ...(body !== undefined && { body }), ...(headers && { headers }) });

let number = 0;
const aHost = (): Promise<string> => admin.create('assets/hosts', { name: `host-${++number}`, address: '10.0.0.1' });
const eventsOf = (id: string) => admin.list(`audits/events?resource=${id}&order=seq`);

describe('the entity tag of a row', () => {
  it('comes with a row that is read, created or changed, and not with a list', async () => {
    const created = await call('POST', 'assets/hosts', { name: 'tagged', address: '10.0.0.1' });
    const path = `assets/hosts/${created.json['id']}`;
    const etag = created.headers.get('etag');
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect((await call('GET', path)).headers.get('etag')).toBe(etag);
    const changed = await call('PATCH', path, { comment: 'new' });
    expect(changed.headers.get('etag')).not.toBe(etag);
    expect((await call('GET', path)).headers.get('etag')).toBe(changed.headers.get('etag'));
    expect((await call('GET', 'assets/hosts')).headers.get('etag')).toBeNull();
  });

  it('refuses a change of a row that was changed since, names both versions, and changes nothing', async () => {
    const path = `assets/hosts/${await aHost()}`;
    const read = (await call('GET', path)).headers.get('etag') ?? '';
    const other = await call('PATCH', path, { comment: 'theirs' }, { 'if-match': read });
    expect(other.status).toBe(200);
    for (const [method, body] of [
      ['PATCH', { comment: 'mine' }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await call(method, path, body, { 'if-match': read });
      expect(refused).toMatchObject({
        status: 412,
        json: { error: { code: 'VERSION_STALE', facts: { sent: read, current: other.headers.get('etag') } } },
      });
    }
    expect((await call('GET', path)).json['comment']).toBe('theirs');
  });

  it('of a permission is the same in the answer of a change and in the next read, whatever the order of the lists', async () => {
    const hosts = [await aHost(), await aHost(), await aHost()].sort().reverse();
    const path = `perms/asset-permissions/${await admin.create('perms/asset-permissions', { name: `order-${++number}` })}`;
    const changed = await call('PATCH', path, { assets: hosts });
    const read = await call('GET', path);
    expect(read.headers.get('etag')).toBe(changed.headers.get('etag'));
    expect(read.json['assets']).toEqual(changed.json['assets']);
  });

  it('guards the own profile too', async () => {
    expect((await call('PATCH', 'users/profile', { name: 'Another' }, { 'if-match': '"stale"' })).status).toBe(412);
  });

  it('lets one of several changes of the same version through', async () => {
    const path = `assets/hosts/${await aHost()}`;
    const read = (await call('GET', path)).headers.get('etag') ?? '';
    const answers = await Promise.all([1, 2, 3, 4].map((n) => call('PATCH', path, { comment: `change ${n}` }, { 'if-match': read })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

describe('the audit event of a change', () => {
  it('has every changed field with its value before and after, lists as lists', async () => {
    const [host, other] = [await aHost(), await aHost()];
    const id = await admin.create('perms/asset-permissions', { name: 'web', assets: [host], accounts: ['root'] });
    await admin.change(`perms/asset-permissions/${id}`, {
      name: 'web servers',
      assets: [host, other],
      accounts: ['root'],
      is_active: false,
    });
    const [created, updated] = await eventsOf(id);
    expect(created).toMatchObject({
      type: 'asset-permission.created',
      facts: { changes: { name: { from: null, to: 'web' }, assets: { from: null, to: [host] }, accounts: { from: null, to: ['root'] } } },
    });
    expect(updated?.facts).toEqual({
      changes: {
        name: { from: 'web', to: 'web servers' },
        assets: { from: [host], to: [host, other].sort() },
        is_active: { from: true, to: false },
      },
    });
  });

  it('is not written for a change that changes nothing', async () => {
    const id = await aHost();
    const before = (await call('GET', `assets/hosts/${id}`)).json;
    await admin.change(`assets/hosts/${id}`, {});
    await admin.change(`assets/hosts/${id}`, { address: '10.0.0.1', comment: '' });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['asset.created']);
    expect((await call('GET', `assets/hosts/${id}`)).json).toEqual(before);
  });

  it('shows that a secret changed and nothing of it', async () => {
    const id = await admin.create('accounts/accounts', { asset: await aHost(), username: 'root', password: 'canary-old' });
    await admin.change(`accounts/accounts/${id}`, { password: 'canary-new', comment: 'rotated' });
    const events = await eventsOf(id);
    expect(events[1]?.facts).toMatchObject({
      changes: { password: { from: '***', to: '***' }, comment: { from: '', to: 'rotated' } },
    });
    expect(JSON.stringify(events)).not.toContain('canary');
    const user = await admin.create('users/users', { username: 'sealed', password: 'canary password one' });
    await admin.change(`users/users/${user}`, { password: 'canary password two' });
    expect((await eventsOf(user))[1]?.facts).toMatchObject({ changes: { password: { from: '***', to: '***' } } });
    expect(JSON.stringify(await eventsOf(user))).not.toMatch(/canary|argon2/);
  });

  it('of ill-formed text is stored as it was hashed: the chain stays intact, also after a refused sign-in', async () => {
    const signIn = await core.call('POST', 'authentication/auth', { body: '{"username":"\\ud800","password":"x"}' });
    expect(signIn.status).toBeLessThan(500);
    const comment = await core.call('PATCH', `assets/hosts/${await aHost()}`, { token: core.admin, body: '{"comment":"half \\ud83d"}' });
    expect(comment.status).toBe(400);
    expect((await call('GET', 'audits/events/chain')).json).toMatchObject({ is_intact: true });
  });

  it('names what was added to and removed from a long list, not the whole list', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => aHost()));
    const accounts = Array.from({ length: 600 }, (_, index) => `account-${index}`);
    const id = await admin.create('perms/asset-permissions', { name: 'long', assets: ids, accounts });
    await admin.change(`perms/asset-permissions/${id}`, { accounts: [...accounts.slice(1), 'another'] });
    expect((await eventsOf(id))[1]?.facts).toEqual({
      changes: {
        accounts: { added: ['another'], removed: ['account-0'], added_count: 1, removed_count: 1, from_count: 600, to_count: 600 },
      },
    });
  });

  it('stays verifiable in the chain', async () => {
    expect((await call('GET', 'audits/events/chain')).json).toMatchObject({ is_intact: true, problem: null });
  });
});

describe('a bulk request', () => {
  it('has a result per operation; what is refused leaves the rest done and audited', async () => {
    const [kept, gone] = [await aHost(), await aHost()];
    const operations = [
      { create: { name: 'bulk-1', address: '10.1.0.1' } },
      { create: { name: 'bulk-1', address: '10.1.0.2' } },
      { id: kept, update: { comment: 'in bulk' } },
      { delete: gone },
      { delete: gone },
    ];
    const answer = await call('POST', 'assets/hosts/bulk', { operations });
    expect(answer.status).toBe(207);
    expect(answer.json['results']).toMatchObject([
      { status: 201, id: expect.any(String) },
      { status: 409, error: { code: 'ASSET_NAME_TAKEN', facts: { name: 'bulk-1' } } },
      { status: 200, id: kept },
      { status: 204, id: gone },
      { status: 404, error: { code: 'ASSET_NOT_FOUND' } },
    ]);
    expect(await admin.list('assets/hosts?name=bulk-1')).toHaveLength(1);
    expect((await eventsOf(gone)).map(({ type }) => type)).toEqual(['asset.created', 'asset.deleted']);
  });

  it('is refused as a whole where one operation has a wrong form, with its place', async () => {
    const answer = await call('POST', 'assets/hosts/bulk', { operations: [{ create: { name: 'x', address: 'y', port: 'ssh' } }] });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'INVALID_REQUEST' } } });
    expect(answer.text).toContain('operations.0');
    expect((await call('POST', 'assets/hosts/bulk', { operations: [] })).status).toBe(400);
  });

  it.each(['users/users', 'accounts/accounts', 'perms/asset-permissions'])('is taken by %s too', async (path) => {
    const missing = '0190b3c4-0000-7000-8000-00000000dead';
    expect(await call('POST', `${path}/bulk`, { operations: [{ delete: missing }] })).toMatchObject({
      status: 207,
      json: { results: [{ status: 404 }] },
    });
  });
});

describe('the right of an endpoint', () => {
  it('is named in the refusal', async () => {
    await admin.create('users/users', { username: 'plain', password: 'a quite long password', must_change_password: false });
    const token = await core.signIn('plain', 'a quite long password');
    const refused = await core.call('PATCH', `assets/hosts/${await aHost()}`, { token, body: {} });
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { code: 'RIGHT_MISSING', facts: { role: 'user', right: 'assets.hosts:update' } } },
    });
    expect((await core.call('POST', 'assets/hosts/bulk', { token, body: { operations: [] } })).status).toBe(403);
  });
});
