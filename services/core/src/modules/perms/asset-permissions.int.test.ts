import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type Answer, type TestCore } from '../../../test/a-core.js';

let core: TestCore;
let user: string;
let assets: string[];
beforeAll(async () => {
  core = await aCore();
  user = (await admin('POST', 'users/users', { username: 'alice' })).json['id'] ?? '';
  assets = await Promise.all(
    ['web-1', 'web-2'].map(async (name) => (await admin('POST', 'assets/hosts', { name, address: '10.0.0.1' })).json['id'] ?? ''),
  );
});
afterAll(() => core.stop());

const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  core.call(method, path, { token: core.admin, ...(body !== undefined && { body }) });
const PATH = 'perms/asset-permissions';
const codeOf = (answer: Answer): string => `${answer.status} ${answer.json['error']?.['code'] ?? ''}`;
const MISSING = '0190b3c4-0000-7000-8000-00000000dead';

describe('asset permissions', () => {
  it('say what they lack to allow anything, when they are made, read, changed and listed', async () => {
    await admin('POST', 'accounts/accounts', { asset: assets[0], username: 'deploy', password: 'x' });
    const warnings = ({ json }: Answer): unknown => json['warnings'];
    const made = await admin('POST', PATH, { name: 'typo', users: [user], assets, accounts: ['deploy', 'deplou', 'rooot'] });
    const path = `${PATH}/${String(made.json['id'])}`;
    const typos = ['None of its assets has an account "deplou"', 'None of its assets has an account "rooot"'];
    expect([warnings(made), warnings(await admin('GET', path))]).toEqual([typos, typos]);
    expect(warnings(await admin('PATCH', path, { accounts: ['deploy'] }))).toEqual([]);
    expect(warnings(await admin('PATCH', path, { accounts: ['@all'] }))).toEqual([]);
    expect(warnings(await admin('PATCH', path, { users: [], assets: [], accounts: [] }))).toEqual([
      'It names no user, so it allows nothing',
      'It names no asset, so it allows nothing',
      'It names no account, so it allows nothing',
    ]);
    expect((await admin('GET', `${PATH}?name=typo`)).json['results']).toMatchObject([
      { warnings: expect.arrayContaining([expect.any(String)]) },
    ]);
    await admin('DELETE', path);
  });

  it('are made, read, changed, listed and removed', async () => {
    const made = await admin('POST', PATH, {
      name: 'web',
      users: [user],
      assets,
      accounts: ['root', 'root'],
      date_expired: '2100-01-01T00:00:00Z',
    });
    const id = made.json['id'] as string;
    const view = {
      id: expect.any(String),
      name: 'web',
      users: [user],
      assets: expect.arrayContaining(assets),
      accounts: ['root'],
      is_active: true,
      is_effective: true,
      warnings: ['None of its assets has an account "root"'],
      date_start: expect.any(String),
      date_expired: '2100-01-01T00:00:00.000Z',
      comment: '',
      org: '00000000-0000-7000-8000-000000000002',
      created_by: 'admin',
      date_created: expect.any(String),
      date_updated: expect.any(String),
    };
    expect(made).toMatchObject({ status: 201, json: view });
    expect((await admin('GET', `${PATH}/${id}`)).json).toEqual(view);
    const changed = await admin('PATCH', `${PATH}/${id}`, { assets: [assets[1]], accounts: ['@all'], is_active: false });
    expect(changed.json).toMatchObject({ users: [user], assets: [assets[1]], accounts: ['@all'], is_active: false, is_effective: false });
    expect((await admin('GET', `${PATH}/${id}`)).json).toEqual(changed.json);
    expect((await admin('PATCH', `${PATH}/${id}`, { users: [], date_expired: null })).json).toMatchObject({
      users: [],
      date_expired: null,
      assets: [assets[1]],
    });
    expect((await admin('DELETE', `${PATH}/${id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect(codeOf(await admin(method, `${PATH}/${id}`))).toBe('404 ASSET_PERMISSION_NOT_FOUND');
    expect(codeOf(await admin('PATCH', `${PATH}/${id}`, {}))).toBe('404 ASSET_PERMISSION_NOT_FOUND');
  });

  it('are refused with a taken name, dates in the wrong order, or names that are not there, and then nothing is kept', async () => {
    await admin('POST', PATH, { name: 'taken' });
    expect(codeOf(await admin('POST', PATH, { name: 'taken' }))).toBe('409 ASSET_PERMISSION_NAME_TAKEN');
    expect(
      codeOf(await admin('POST', PATH, { name: 'backwards', date_start: '2030-01-01T00:00:00Z', date_expired: '2029-01-01T00:00:00Z' })),
    ).toBe('400 ASSET_PERMISSION_DATES_WRONG');
    const unknown = await admin('POST', PATH, { name: 'unknown', users: [user, MISSING] });
    expect(unknown.json['error']).toMatchObject({
      code: 'ASSET_PERMISSION_NAMES_UNKNOWN',
      message: `These users are not there: ${MISSING}`,
    });
    expect(codeOf(await admin('POST', PATH, { name: 'unknown', assets: [MISSING] }))).toBe('400 ASSET_PERMISSION_NAMES_UNKNOWN');
    expect((await admin('GET', `${PATH}?name=unknown`)).json['count']).toBe(0);
  });

  it('are found by user, asset, account and effect', async () => {
    const make = async (name: string, body: object): Promise<void> =>
      expect((await admin('POST', PATH, { name: `find-${name}`, ...body })).status).toBe(201);
    await make('all', { users: [user], assets: [assets[0]], accounts: ['@all'] });
    await make('root', { assets: [assets[1]], accounts: ['root'] });
    await make('over', { users: [user], accounts: ['root'], date_start: '2001-01-01T00:00:00Z', date_expired: '2002-01-01T00:00:00Z' });
    const names = async (query: string): Promise<string[]> =>
      ((await admin('GET', `${PATH}?search=find-&${query}`)).json['results'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['find-all', 'find-over', 'find-root']);
    expect(await names(`user=${user}`)).toEqual(['find-all', 'find-over']);
    expect(await names(`asset=${assets[1]}`)).toEqual(['find-root']);
    expect(await names('account=deploy')).toEqual(['find-all']);
    expect(await names('is_effective=false')).toEqual(['find-over']);
    expect(await names('is_effective=true&order=-name')).toEqual(['find-root', 'find-all']);
  });

  it('lose users and assets that are removed', async () => {
    const leaver = (await admin('POST', 'users/users', { username: 'leaver' })).json['id'];
    const made = await admin('POST', PATH, { name: 'shrinking', users: [user, leaver] });
    await admin('DELETE', `users/users/${leaver}`);
    expect((await admin('GET', `${PATH}/${made.json['id']}`)).json['users']).toEqual([user]);
  });
});
