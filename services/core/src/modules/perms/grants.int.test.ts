import { randomInt } from 'node:crypto';
import { inOrg, systemCtx, uuidv7, type Ctx } from '@sallyport/context';
import { aPostgres, fakeClock, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreTemplate } from '../../../test/core-template.js';
import { createDataSource, Database } from '../../database/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { SignInCredentialRepository, SignInCredentials } from '../users/index.js';
import { ACTIONS, type Action, type AllowedActions } from './action.js';
import { GrantRepository } from './grant.repository.js';
import { allowsUser, NAMED_BY_PERMISSION, NAMES_ACCOUNT } from './grant.sql.js';
import { Grants } from './grants.service.js';
import { decideAccess, type PermissionFacts } from './permission.policy.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
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
  await dataSource.query('INSERT INTO core.asset_permission_user (permission_id, user_id) SELECT $1, unnest($2::uuid[])', [id, users]);
  await dataSource.query('INSERT INTO core.asset_permission_asset (permission_id, asset_id) SELECT $1, unnest($2::uuid[])', [id, assets]);
  return id;
}
const page = { search: '', limit: 100, offset: 0 };

describe('findTarget', () => {
  it('finds an asset by name, address and id, whatever the case, with the accounts the user may use', async () => {
    const user = await aUser();
    const asset = await anAsset({ name: 'Web 1', address: 'web-1.Example.org', comment: 'shop' });
    const [root] = [await anAccount(asset, 'root'), await anAccount(asset, 'deploy')];
    const permission = await aPermission([user], [asset], { accounts: ['root'], date_expired: new Date('2026-04-01T00:00:00Z') });
    const actions = new Map(ACTIONS.map((action) => [action, { permissionId: permission, until: new Date('2026-04-01T00:00:00Z') }]));
    const expected = [
      {
        id: asset,
        orgId: DEFAULT_ORG_ID,
        orgName: 'Default',
        name: 'Web 1',
        address: 'web-1.Example.org',
        port: 22,
        comment: 'shop',
        accounts: [{ id: root, username: 'root', actions }],
      },
    ];
    for (const text of ['Web 1', 'WEB 1', 'WEB-1.example.ORG', asset, asset.toUpperCase()])
      expect(await grants.findTarget(ctx, user, text), text).toEqual(expected);
    for (const text of ['web', 'Web 1 ', '%', 'root', '']) expect(await grants.findTarget(ctx, user, text), text).toEqual([]);
  });

  it('finds an IPv6 address in any spelling', async () => {
    const user = await aUser();
    const asset = await anAsset({ address: '2001:db8::7' });
    await anAccount(asset, 'root');
    await aPermission([user], [asset]);
    for (const text of ['2001:db8::7', '[2001:db8::7]', '2001:0DB8:0:0:0:0:0:7'])
      expect(
        (await grants.findTarget(ctx, user, text)).map(({ id }) => id),
        text,
      ).toEqual([asset]);
    expect(await grants.findTarget(ctx, user, '2001:db8::8')).toEqual([]);
  });

  it('returns the same empty list for an asset of another user and for one that does not exist', async () => {
    const [user, other] = [await aUser(), await aUser()];
    const asset = await anAsset({ name: 'secret-project' });
    await anAccount(asset, 'root');
    await aPermission([other], [asset]);
    expect(await grants.findTarget(ctx, user, 'secret-project')).toEqual(await grants.findTarget(ctx, user, 'no-such-project'));
    expect(await grants.findTarget(ctx, uuidv7(), 'secret-project')).toEqual([]);
  });

  it('finds an account only if a permission allows "connect"', async () => {
    const user = await aUser();
    const asset = await anAsset({ name: 'drop-box' });
    await anAccount(asset, 'root');
    const upload = await aPermission([user], [asset], { actions: ['upload'] });
    expect(await grants.findTarget(ctx, user, 'drop-box')).toEqual([]);
    expect((await grants.findGranted(ctx, user, page)).count).toBe(0);
    expect(await grants.explainRefusal(ctx, user, { asset: 'drop-box', account: 'root' })).toBe('action-not-permitted');
    const until = new Date('2026-04-01T00:00:00Z');
    const connect = await aPermission([user], [asset], { actions: ['connect'], date_expired: until });
    const actions = new Map([
      ['connect', { permissionId: connect, until }],
      ['upload', { permissionId: upload, until: null }],
    ]);
    expect((await grants.findTarget(ctx, user, 'drop-box'))[0]?.accounts).toMatchObject([{ username: 'root', actions }]);
  });

  it('does not cross organizations', async () => {
    const orgId = await insert('org', { id: uuidv7(), name: 'Other' });
    const user = await aUser();
    const [theirs, ours] = [await anAsset({ org_id: orgId, name: 'shared-name' }), await anAsset({ name: 'shared-name' })];
    for (const asset of [theirs, ours]) await anAccount(asset, 'root');
    await aPermission([user], [theirs, ours]);
    expect((await grants.findTarget(ctx, user, 'shared-name')).map(({ id }) => id)).toEqual([ours]);
    expect((await grants.findGranted(ctx, user, page)).assets.map(({ id }) => id)).toEqual([ours]);
  });
});

it('explainRefusal returns the reason that the user does not see', async () => {
  const user = await aUser();
  const asset = await anAsset({ name: 'explained' });
  await anAccount(asset, 'root');
  const explain = (account: string, name = 'explained') => grants.explainRefusal(ctx, user, { asset: name, account });
  expect([await explain('root'), await explain('no-such-account'), await explain('root', 'nowhere')]).toEqual([
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

it('lists, pages and targets of one organization contain nothing that another one grants to the same user', async () => {
  const user = await aUser();
  const other = await insert('org', { id: uuidv7(), name: `org-${uuidv7()}` });
  const theirs = await anAsset({ org_id: other, name: 'theirs' });
  await anAccount(theirs, 'root', { org_id: other });
  await aPermission([user], [theirs], { org_id: other });
  const inOther = inOrg(ctx, other);
  expect((await grants.findGranted(inOther, user, page)).assets).toMatchObject([{ name: 'theirs', accounts: [{ username: 'root' }] }]);
  expect(await grants.findTarget(inOther, user, 'theirs')).toHaveLength(1);
  expect(await grants.findGranted(ctx, user, page)).toEqual({ count: 0, assets: [] });
  expect(await grants.findTarget(ctx, user, 'theirs')).toEqual([]);
  expect(await grants.explainRefusal(ctx, user, { asset: 'theirs', account: 'root' })).toBe('no-such-asset');
});

describe('SQL and the decision in code agree on random users, assets and overlapping permissions', () => {
  interface Facts extends PermissionFacts {
    readonly users: readonly string[];
    readonly assets: readonly string[];
  }
  interface Pair {
    readonly asset: string;
    readonly account: string;
  }
  const pick = <T>(...values: readonly T[]): T => values[randomInt(values.length)]!;
  const some = <T>(values: readonly T[], most: number): T[] => values.filter(() => randomInt(values.length) < most);
  const inDays = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);
  const users: { id: string; isActive: boolean; dateExpired: Date | null }[] = [];
  const assets: { id: string; name: string; isActive: boolean }[] = [];
  const accounts: { id: string; asset: string; username: string; isActive: boolean }[] = [];
  const permissions: Facts[] = [];

  beforeAll(async () => {
    for (const [isActive, dateExpired] of [
      [true, null],
      [true, inDays(2)],
      [true, NOW],
      [false, null],
      [true, inDays(20)],
    ] as const)
      users.push({ id: await aUser({ is_active: isActive, date_expired: dateExpired }), isActive, dateExpired });
    for (let n = 0; n < 80; n++) {
      const [name, isActive] = [`Scene ${n}`, pick(true, true, true, false)];
      const id = await anAsset({ name, is_active: isActive });
      assets.push({ id, name, isActive });
      for (const username of some(['root', 'deploy', 'backup'], 2)) {
        const isAccountActive = pick(true, true, true, false);
        const account = await anAccount(id, username, { is_active: isAccountActive });
        accounts.push({ id: account, asset: id, username, isActive: isAccountActive });
      }
    }
    for (let n = 0; n < 150; n++) permissions.push(await aRandomPermission());
  }, 60_000);

  async function aRandomPermission(): Promise<Facts> {
    const [dateStart, dateExpired] = pick([-5, null], [-5, 1], [-5, 3], [0, 30], [0, null], [-5, 0], [-9, -5], [5, null], [1, 9]);
    const facts = {
      isActive: pick(true, true, true, false),
      dateStart: inDays(dateStart),
      dateExpired: dateExpired === null ? null : inDays(dateExpired),
      accounts: pick(['@all'], ['root'], ['deploy', 'root'], ['backup', 'ROOT'], []),
      actions: pick(
        [...ACTIONS],
        ['connect'],
        ['connect', ...some(ACTIONS.slice(1), 4)],
        ['upload', ...some(ACTIONS.slice(2), 3)],
      ) as Action[],
      users: some(users, 3).map(({ id }) => id),
      assets: some(assets, 8).map(({ id }) => id),
    };
    const id = await aPermission(facts.users, facts.assets, {
      is_active: facts.isActive,
      date_start: facts.dateStart,
      date_expired: facts.dateExpired,
      accounts: facts.accounts,
      actions: facts.actions,
    });
    return { id, ...facts };
  }

  const decide = (user: (typeof users)[number], account: (typeof accounts)[number]) =>
    decideAccess(
      {
        user,
        asset: assets.find(({ id }) => id === account.asset)!,
        account,
        permissions: permissions.filter((each) => each.users.includes(user.id) && each.assets.includes(account.asset)),
      },
      NOW,
    );

  /** Returns the end of each allowed action, by account, as the decision in code says. */
  function decidedFor(user: (typeof users)[number]): Map<string, Record<string, Date | null>> {
    const decided = new Map<string, Record<string, Date | null>>();
    for (const account of accounts) {
      const decision = decide(user, account);
      if (decision.decision === 'allow') decided.set(account.id, untils(decision.actions));
    }
    return decided;
  }
  const untils = (actions: AllowedActions): Record<string, Date | null> =>
    Object.fromEntries([...actions].map(([action, { until }]) => [action, until]));

  const UNTILS = `
    SELECT c.id AS account, granted.action,
           CASE WHEN bool_or(least(p.date_expired, u.date_expired) IS NULL) THEN NULL ELSE max(least(p.date_expired, u.date_expired)) END AS until
    FROM core."user" u, core.asset a, core.account c, ${NAMED_BY_PERMISSION}, unnest($3::text[]) AS granted (action)
    WHERE u.id = $1 AND ${allowsUser('granted.action', '$2')} AND ${NAMES_ACCOUNT}
    GROUP BY c.id, granted.action`;

  it('decides some and denies some', () => {
    const decisions = users.flatMap((user) => accounts.map((account) => decide(user, account)));
    const allowed = decisions.flatMap((each) => (each.decision === 'allow' ? [each.actions] : []));
    expect(allowed.length).toBeGreaterThan(20);
    expect(allowed.length).toBeLessThan(decisions.length - 20);
    const isMixed = (actions: AllowedActions) => new Set([...actions.values()].map(({ permissionId }) => permissionId)).size > 1;
    expect(allowed.filter(isMixed).length, 'accounts whose actions come of several permissions').toBeGreaterThan(5);
    expect(allowed.some(({ size }) => size < ACTIONS.length)).toBe(true);
    const reasons = decisions.map((each) => (each.decision === 'deny' ? each.reason : ''));
    expect(new Set(reasons)).toContain('action-not-permitted');
  });

  it('on each action and its end', async () => {
    for (const user of users) {
      const rows = await dataSource.query<{ account: string; action: Action; until: Date | null }[]>(UNTILS, [user.id, NOW, ACTIONS]);
      const inSql = new Map<string, Record<string, Date | null>>();
      for (const { account, action, until } of rows) inSql.set(account, { ...inSql.get(account), [action]: until });
      for (const [account, actions] of inSql) if (!('connect' in actions)) inSql.delete(account);
      expect(inSql).toEqual(decidedFor(user));
    }
  });

  it('on lists and their pages', async () => {
    for (const user of users) {
      const decided = decidedFor(user);
      const whole = await grants.findGranted(ctx, user.id, { ...page, limit: 1000 });
      const listed = whole.assets.flatMap((asset) => asset.accounts.map(({ id, actions }) => [id, untils(actions)] as const));
      expect(new Map(listed)).toEqual(decided);
      const names = assets
        .filter(({ id }) => accounts.some((account) => account.asset === id && decided.has(account.id)))
        .map(({ name }) => name);
      expect(whole.count).toBe(names.length);
      expect(whole.assets.map(({ name }) => name)).toEqual(names.sort());
      for (let offset = 0; offset <= names.length; offset += 7) {
        const part = await grants.findGranted(ctx, user.id, { ...page, limit: 7, offset });
        expect([part.count, part.assets.map(({ name }) => name)]).toEqual([names.length, names.slice(offset, offset + 7)]);
      }
    }
  });

  it('on single targets', async () => {
    for (const user of users) {
      const decided = decidedFor(user);
      for (const asset of assets.slice(0, 15)) {
        const [found] = await grants.findTarget(ctx, user.id, asset.name);
        const expected = accounts.flatMap(({ id, asset: of }) =>
          of === asset.id && decided.has(id) ? [[id, decided.get(id)] as const] : [],
        );
        expect(new Map((found?.accounts ?? []).map(({ id, actions }) => [id, untils(actions)]))).toEqual(new Map(expected));
      }
    }
  });

  it('on what opens a session in one query', async () => {
    const any = { keyId: null, passwordGeneration: null };
    for (const user of users)
      for (const asset of assets.slice(0, 15)) {
        const openings = await grants.findOpenings(ctx, user.id, any, asset.name);
        expect(openings.assets).toEqual(await grants.findTarget(ctx, user.id, asset.name));
        for (const { id } of openings.assets.flatMap((each) => each.accounts)) expect(openings.of(id).accountId).toBe(id);
      }
  });

  it('on running sessions', async () => {
    const pairs: (Pair & { user: string; isAllowed: boolean })[] = users.flatMap((user) =>
      accounts.map((account) => ({
        user: user.id,
        asset: account.asset,
        account: account.id,
        isAllowed: decide(user, account).decision === 'allow',
      })),
    );
    const uses = pairs.map(({ user, asset, account }) => ({ sessionId: uuidv7(), userId: user, assetId: asset, accountId: account }));
    const allowed = uses.filter((_, index) => pairs[index]?.isAllowed).map(({ sessionId }) => sessionId);
    expect([...(await grants.stillGranted(ctx, uses))].sort()).toEqual(allowed.sort());
    // An account of another asset is not the account of the session's asset.
    const wrong = uses
      .map((use, index) => ({ ...use, assetId: uses.at(index - 1)!.assetId }))
      .filter(({ assetId }, index) => assetId !== uses[index]!.assetId);
    expect([...(await grants.stillGranted(ctx, wrong))]).toEqual([]);
  });

  it('on a user that has just expired', async () => {
    const { id } = users[0]!;
    const uses = accounts.map((account) => ({ sessionId: account.id, userId: id, assetId: account.asset, accountId: account.id }));
    await dataSource.query('UPDATE core."user" SET date_expired = $2 WHERE id = $1', [id, NOW]);
    expect((await grants.findGranted(ctx, id, page)).count).toBe(0);
    expect((await grants.stillGranted(ctx, uses)).size).toBe(0);
  });
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

it('counts a user and an asset once that a permission names in two ways', async () => {
  const user = await aUser();
  const asset = await anAsset({ name: 'named-twice' });
  const account = await anAccount(asset, 'root');
  const permissionId = await aPermission([user], [asset]);
  const twice = (view: string, table: string, times: number) =>
    dataSource.query(
      `CREATE OR REPLACE VIEW core.${view} AS ${Array.from({ length: times }, () => `SELECT * FROM core.${table}`).join(' UNION ALL ')}`,
    );
  for (const times of [2, 1]) {
    await twice('permission_user', 'asset_permission_user', times);
    await twice('permission_asset', 'asset_permission_asset', times);
    const actions = new Map(ACTIONS.map((action) => [action, { permissionId, until: null }]));
    const expected = { id: asset, accounts: [{ id: account, username: 'root', actions }] };
    expect(await grants.findGranted(ctx, user, page)).toMatchObject({ count: 1, assets: [expected] });
    expect(await grants.findTarget(ctx, user, 'named-twice')).toMatchObject([expected]);
    const uses = [{ sessionId: asset, userId: user, assetId: asset, accountId: account }];
    expect([...(await grants.stillGranted(ctx, uses))]).toEqual([asset]);
  }
});

describe('a sign-in whose key or password counts no more', () => {
  const aKey = (user: string, given: object = {}): Promise<string> => {
    const id = uuidv7();
    return insert('user_ssh_key', { id, user_id: user, name: 'k', algorithm: 't', fingerprint: id, blob: Buffer.from(id), ...given });
  };

  it('opens nothing, and the check of running sessions says the same', async () => {
    const [user, other] = [await aUser({ password_generation: 3 }), await aUser()];
    const asset = await anAsset({ name: 'of-sign-ins' });
    await anAccount(asset, 'root');
    await aPermission([user], [asset]);
    const credentials = new SignInCredentials(new SignInCredentialRepository(new Database(dataSource)));
    for (const [keyId, passwordGeneration, part] of [
      [await aKey(user), null, undefined],
      [await aKey(user), 3, undefined],
      [null, 3, undefined],
      [null, 2, 'password'],
      [await aKey(user), 2, 'password'],
      [await aKey(user, { is_active: false }), null, 'key'],
      [await aKey(other), 3, 'key'],
      [uuidv7(), 2, 'key'],
    ] as const) {
      const credential = { keyId, passwordGeneration };
      expect(await credentials.revokedPart(ctx, user, credential)).toBe(part);
      expect((await grants.findOpenings(ctx, user, credential, 'of-sign-ins')).assets).toHaveLength(part ? 0 : 1);
    }
  });
});
