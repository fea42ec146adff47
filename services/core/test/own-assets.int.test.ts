import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let core: TestCore;
beforeAll(async () => {
  core = await aCore();
});
afterAll(() => core.stop());

describe('the assets of the caller', () => {
  it('are those that it may connect to now, with its accounts and no others', async () => {
    const [place, other] = [await aWorkplace(core), await aWorkplace(core)];
    await place.admin.create('accounts/accounts', { asset: place.assetId, username: 'hidden', password: 'another secret' });
    const token = await core.signIn(place.username, PASSWORD);
    const { status, json } = await core.call('GET', 'users/profile/assets', { token });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      count: 1,
      next: null,
      results: [{ id: place.assetId, name: place.asset, port: 2200, accounts: [{ id: place.accountId, username: 'root' }] }],
    });
    expect(JSON.stringify(json)).not.toContain(other.asset);
    await place.admin.change(`perms/asset-permissions/${place.permissionId}`, { is_active: false });
    expect((await core.call('GET', 'users/profile/assets', { token })).json).toMatchObject({ count: 0, results: [] });
  });

  it('come by page and by search', async () => {
    const place = await aWorkplace(core);
    const token = await core.signIn(place.username, PASSWORD);
    const list = async (query: string) => (await core.call('GET', `users/profile/assets?${query}`, { token })).json['count'];
    expect([await list(`search=${place.asset}`), await list('search=no-such-asset'), await list('limit=1&offset=1')]).toEqual([1, 0, 1]);
  });
});
