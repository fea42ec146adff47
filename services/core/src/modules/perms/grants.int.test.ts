import { randomInt } from 'node:crypto';
import { systemCtx, uuidv7, type Ctx } from '@sallyport/context';
import { aPostgres, fakeClock, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreTemplate } from '../../../test/core-template.js';
import { createDataSource, Database } from '../../database/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { GrantRepository } from './grant.repository.js';
import { Grants } from './grants.service.js';
import { decideAccess, type PermissionFacts } from './permission.policy.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ctx = systemCtx('test');
let postgres: TestPostgres;
let dataSource: DataSource;
let grants: Grants;

beforeAll(async () => {
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreUrl).initialize();
  grants = new Grants(new GrantRepository(new Database(dataSource)), fakeClock(NOW.getTime()));
});
afterAll(async () => {
  await dataSource.destroy();
  await postgres.drop();
});

const insert = async (table: string, row: Record<string, unknown>): Promise<string> => {
  const columns = Object.keys(row);
  await dataSource.query(
    `INSERT INTO core."${table}" (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
  return row['id'] as string;
};
const aUser = (given: object = {}): Promise<string> => {
  const id = uuidv7();
  return insert('user', { id, username: `u-${id}`, name: 'x', role: 'user', ...given });
};
const anAsset = (given: object = {}): Promise<string> => {
  const id = uuidv7();
  return insert('asset', { id, org_id: DEFAULT_ORG_ID, name: `a-${id}`, address: `${id}.example.org`, port: 22, ...given });
};
const anAccount = (asset: string, username: string, given: object = {}): Promise<string> =>
  insert('account', {
    id: uuidv7(),
    org_id: DEFAULT_ORG_ID,
    asset_id: asset,
    name: username,
    username,
    secret_type: 'password',
    sealed_secret: 'x',
    ...given,
  });
async function aPermission(users: readonly string[], assets: readonly string[], given: object = {}): Promise<string> {
  const id = uuidv7();
  await insert('asset_permission', {
    id,
    org_id: DEFAULT_ORG_ID,
    name: id,
    accounts: ['@all'],
    date_start: new Date('2026-01-01T00:00:00Z'),
    ...given,
  });
  for (const user of users) await insert('asset_permission_user', { permission_id: id, user_id: user });
  for (const asset of assets) await insert('asset_permission_asset', { permission_id: id, asset_id: asset });
  return id;
}
const page = { search: '', limit: 100, offset: 0 };

describe('findTarget', () => {
  it('finds an asset by name, address and id, whatever the case, with the accounts the user may use', async () => {
    const user = await aUser();
    const asset = await anAsset({ name: 'Web 1', address: 'web-1.Example.org', comment: 'shop' });
    const [root] = [await anAccount(asset, 'root'), await anAccount(asset, 'deploy')];
    const permission = await aPermission([user], [asset], { accounts: ['root'], date_expired: new Date('2026-04-01T00:00:00Z') });
    const expected = [
      {
        id: asset,
        orgId: DEFAULT_ORG_ID,
        orgName: 'Default',
        name: 'Web 1',
        address: 'web-1.Example.org',
        port: 22,
        comment: 'shop',
        accounts: [{ id: root, username: 'root', permissionId: permission, until: new Date('2026-04-01T00:00:00Z') }],
      },
    ];
    for (const text of ['Web 1', 'WEB 1', 'WEB-1.example.ORG', asset, asset.toUpperCase()])
      expect(await grants.findTarget(ctx, user, text), text).toEqual(expected);
    for (const text of ['web', 'Web 1 ', '%', 'root', '']) expect(await grants.findTarget(ctx, user, text), text).toEqual([]);
  });

  it('gives the same nothing for an asset of somebody else and one that is not there', async () => {
    const [user, other] = [await aUser(), await aUser()];
    const asset = await anAsset({ name: 'secret-project' });
    await anAccount(asset, 'root');
    await aPermission([other], [asset]);
    expect(await grants.findTarget(ctx, user, 'secret-project')).toEqual(await grants.findTarget(ctx, user, 'no-such-project'));
    expect(await grants.findTarget(ctx, uuidv7(), 'secret-project')).toEqual([]);
  });

  it('crosses no organization', async () => {
    const orgId = await insert('org', { id: uuidv7(), name: 'Other' });
    const user = await aUser();
    const [theirs, ours] = [await anAsset({ org_id: orgId, name: 'shared-name' }), await anAsset({ name: 'shared-name' })];
    for (const asset of [theirs, ours]) await anAccount(asset, 'root');
    await aPermission([user], [theirs, ours]);
    expect((await grants.findTarget(ctx, user, 'shared-name')).map(({ id }) => id)).toEqual([ours]);
    expect((await grants.findGranted(ctx, user, page)).assets.map(({ id }) => id)).toEqual([ours]);
  });
});

it('explainRefusal tells the audit log what the user is not told', async () => {
  const user = await aUser();
  const asset = await anAsset({ name: 'explained' });
  await anAccount(asset, 'root');
  const explain = (account: string, name = 'explained') => grants.explainRefusal(ctx, user, { asset: name, account });
  expect([await explain('root'), await explain('nobody'), await explain('root', 'nowhere')]).toEqual([
    'no-permission',
    'no-such-account',
    'no-such-asset',
  ]);
  await aPermission([user], [asset], { date_expired: new Date('2026-02-01T00:00:00Z') });
  expect([await explain('root'), await explain('')]).toEqual(['permission-expired', 'permission-expired']);
});

describe('findGranted', () => {
  it('pages by name, counts all, and searches name, address and comment', async () => {
    const user = await aUser();
    const assets = await Promise.all(
      ['Zeta', 'alpha', 'Beta'].map((name) => anAsset({ name, address: `${name}.internal`, comment: name === 'Beta' ? '100% loved' : '' })),
    );
    for (const asset of assets) await anAccount(asset, 'root');
    await aPermission([user], assets);
    await aPermission([user], assets, { accounts: ['root'] });
    const names = async (given: Partial<typeof page>): Promise<[number, string[]]> => {
      const { count, assets: found } = await grants.findGranted(ctx, user, { ...page, ...given });
      return [count, found.map(({ name }) => name)];
    };
    expect(await names({})).toEqual([3, ['alpha', 'Beta', 'Zeta']]);
    expect(await names({ limit: 1, offset: 1 })).toEqual([3, ['Beta']]);
    expect(await names({ offset: 5 })).toEqual([3, []]);
    expect(await names({ search: 'ETA' })).toEqual([2, ['Beta', 'Zeta']]);
    expect(await names({ search: '100%' })).toEqual([1, ['Beta']]);
    expect(await names({ search: '_' })).toEqual([0, []]);
  });
});

it('the lists in SQL and the decision in code agree on every random case', async () => {
  const user = await aUser();
  const pick = <T>(...values: readonly T[]): T => values[randomInt(values.length)]!;
  const date = (days: number | null): Date | null => (days === null ? null : new Date(NOW.getTime() + days * 86_400_000));
  const expected: { asset: string; account: string; allowed: boolean }[] = [];
  const scenes = Array.from({ length: 250 }, () => ({
    asset: { isActive: pick(true, true, true, false) },
    account: { isActive: pick(true, true, true, false), username: pick('root', 'deploy') },
    permissions: Array.from({ length: randomInt(4) }, () => ({
      isActive: pick(true, true, false),
      start: pick(-5, 0, 5),
      expired: pick(null, 10, 0),
      accounts: pick(['@all'], ['root'], ['deploy', 'root'], []),
      mine: pick(true, true, false),
    })),
  }));
  const stranger = await aUser();
  for (const { asset, account, permissions } of scenes) {
    const assetId = await anAsset({ is_active: asset.isActive });
    const accountId = await anAccount(assetId, account.username, { is_active: account.isActive });
    const facts: PermissionFacts[] = [];
    for (const { isActive, start, expired, accounts, mine } of permissions) {
      const dateStart = date(expired !== null && expired <= start ? -9 : start) ?? NOW;
      const id = await aPermission([mine ? user : stranger], [assetId], {
        is_active: isActive,
        date_start: dateStart,
        date_expired: date(expired),
        accounts,
      });
      if (mine) facts.push({ id, isActive, dateStart, dateExpired: date(expired), accounts });
    }
    const decision = decideAccess({ user: { isActive: true, dateExpired: null }, asset, account, permissions: facts }, NOW);
    expected.push({ asset: assetId, account: accountId, allowed: decision.decision === 'allow' });
  }
  const allowed = expected.filter((each) => each.allowed);
  expect(allowed.length).toBeGreaterThan(5);
  expect(allowed.length).toBeLessThan(expected.length - 5);
  const listed = await grants.findGranted(ctx, user, { ...page, limit: 1000 });
  expect(listed.count).toBe(allowed.length);
  expect(listed.assets.map(({ id }) => id).sort()).toEqual(allowed.map(({ asset }) => asset).sort());
  const uses = expected.map(({ asset, account }) => ({ sessionId: asset, userId: user, assetId: asset, accountId: account }));
  expect([...(await grants.stillGranted(ctx, uses))].sort()).toEqual(allowed.map(({ asset }) => asset).sort());
  await dataSource.query('UPDATE core."user" SET date_expired = $2 WHERE id = $1', [user, NOW]);
  expect((await grants.findGranted(ctx, user, page)).count).toBe(0);
  expect((await grants.stillGranted(ctx, uses)).size).toBe(0);
});

it('asks the database three times for a page, however long it is', async () => {
  const user = await aUser();
  const assets = await Promise.all(Array.from({ length: 40 }, () => anAsset()));
  for (const asset of assets) await anAccount(asset, 'root');
  await aPermission([user], assets);
  let queries = 0;
  const sql = (_: Ctx, text: string, parameters: unknown[]) => dataSource.query((queries++, text), parameters);
  const counting = new Grants(new GrantRepository({ sql } as unknown as Database), fakeClock(NOW.getTime()));
  expect((await counting.findGranted(ctx, user, page)).assets).toHaveLength(40);
  expect(queries).toBe(3);
});
