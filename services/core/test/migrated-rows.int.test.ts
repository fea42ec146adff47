import { aPostgres, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterEach, expect, it } from 'vitest';
import { createDataSource, migrate } from '../src/database/index.js';
import { migrations } from '../src/database/migrations/index.js';
import { DEFAULT_ORG_ID } from '../src/modules/orgs/index.js';

const opened: { postgres: TestPostgres; sources: DataSource[] }[] = [];
afterEach(async () => {
  for (const { postgres, sources } of opened.splice(0)) {
    await Promise.all(sources.map((source) => source.destroy()));
    await postgres.drop();
  }
});

/** Returns a database as the version before a migration left it, and a function that migrates it. */
async function before(name: string): Promise<{ old: DataSource; update(): Promise<DataSource> }> {
  const postgres = await aPostgres();
  const earlier = migrations.slice(
    0,
    migrations.findIndex((each) => each.name === name),
  );
  const old = await createDataSource(postgres.coreUrl).setOptions({ migrations: earlier }).initialize();
  await migrate(old);
  const now = await createDataSource(postgres.coreUrl).initialize();
  opened.push({ postgres, sources: [old, now] });
  return {
    old,
    update: async () => {
      await migrate(now);
      return now;
    },
  };
}

it('addresses of assets are spelt canonically, and one that is none stays', async () => {
  const { old, update } = await before('SpellAddressesCanonically1796610000000');
  const addresses = ['2001:DB8:0::7', 'FE80:0::1%Eth0', '::ffff:10.0.0.1', '1:2:3', 'Web-1.example', '10.0.0.1'];
  for (const address of addresses)
    await old.query('INSERT INTO core.asset (id, org_id, name, address, port) VALUES (gen_random_uuid(), $1, $2, $2, 22)', [
      DEFAULT_ORG_ID,
      address,
    ]);
  const rows = await (await update()).query<{ name: string; address: string }[]>('SELECT name, address FROM core.asset');
  expect(Object.fromEntries(rows.map(({ name, address }) => [name, address]))).toEqual({
    '2001:DB8:0::7': '2001:db8::7',
    'FE80:0::1%Eth0': 'fe80::1%Eth0',
    '::ffff:10.0.0.1': '10.0.0.1',
    '1:2:3': '1:2:3',
    'Web-1.example': 'Web-1.example',
    '10.0.0.1': '10.0.0.1',
  });
});

it('a key that several users have stays with them; every other belongs to its one user', async () => {
  const { old, update } = await before('OneUserPerKey1796620000000');
  const add = (source: DataSource, user: string, fingerprint: string): Promise<unknown> =>
    source.query(
      `WITH u AS (INSERT INTO core."user" (id, username, name, role) VALUES (gen_random_uuid(), $1, $1, 'user') RETURNING id)
       INSERT INTO core.user_ssh_key (id, user_id, name, algorithm, blob, fingerprint) SELECT gen_random_uuid(), u.id, 'k', 'ssh-ed25519', '', $2 FROM u`,
      [user, fingerprint],
    );
  for (const [user, fingerprint] of [
    ['ann', 'SHA256:both'],
    ['ben', 'SHA256:both'],
    ['cid', 'SHA256:own'],
  ] as const)
    await add(old, user, fingerprint);
  const now = await update();
  const rows = await now.query<{ username: string; is_shared: boolean }[]>(
    'SELECT u.username, k.is_shared FROM core.user_ssh_key k JOIN core."user" u ON u.id = k.user_id ORDER BY 1',
  );
  expect(rows).toEqual([
    { username: 'ann', is_shared: true },
    { username: 'ben', is_shared: true },
    { username: 'cid', is_shared: false },
  ]);
  await expect(add(now, 'dan', 'SHA256:own')).rejects.toThrow(/user_ssh_key_fingerprint_uq/);
});
