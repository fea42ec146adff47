import { withClient } from '@sallyport/database';
import { afterAll, expect, test } from 'vitest';
import { aPostgres, type TestPostgres } from '../postgres/a-postgres.js';
import { aNats } from '../nats/a-nats.js';
import { aCephGateway } from '../s3/a-ceph-gateway.js';
import { anS3 } from '../s3/an-s3.js';
import { anElasticsearch } from '../search/an-elasticsearch.js';

const databases: TestPostgres[] = [];
afterAll(async () => void (await Promise.all(databases.map((database) => database.drop()))));

const template = (migrations: string[]) => ({
  name: 'shared_parts_test',
  migrate: async ({ coreUrl }: { coreUrl: string }) => {
    migrations.push('ran');
    await withClient(coreUrl, (client) => client.query('create table core.thing (name text)'));
  },
});

test('databases of one template are migrated once and share no rows', async () => {
  const migrations: string[] = [];
  const [first, second] = await Promise.all([aPostgres(template(migrations)), aPostgres(template(migrations))]);
  databases.push(first, second);
  await withClient(first.coreUrl, (client) => client.query(`insert into thing values ('mine')`));
  const rows = await withClient(second.coreUrl, async (client) => (await client.query('select * from thing')).rows);
  expect({ rows, migrations }).toEqual({ rows: [], migrations: ['ran'] });
});

test("neither service's role reads the other's schema, and neither can raise its own privileges", async () => {
  const database = await aPostgres(template([]));
  databases.push(database);
  await withClient(database.indexerUrl, (client) => client.query('create table cmdlog.line (input text)'));
  const asCore = (sql: string): Promise<unknown> => withClient(database.coreUrl, (client) => client.query(sql));
  await expect(asCore('select * from cmdlog.line')).rejects.toThrow('permission denied for schema cmdlog');
  await expect(asCore('create role more superuser')).rejects.toThrow(/must be superuser|permission denied/);
  await expect(asCore('set role indexer')).rejects.toThrow('permission denied to set role');
  await expect(withClient(database.indexerUrl, (client) => client.query('select * from core.thing'))).rejects.toThrow(
    'permission denied for schema core',
  );
});

test('NATS that was killed comes back on the same port', async () => {
  const nats = await aNats();
  process.kill(nats.pid, 'SIGKILL');
  await nats.exited;
  const again = await nats.restart();
  expect(again.url).toBe(nats.url);
  await again.remove();
});

test.each([
  ['SeaweedFS', anS3],
  ['Ceph', aCephGateway],
])('each caller gets a bucket of its own on the same %s', async (_name, aBucket) => {
  const [first, second] = await Promise.all([aBucket(), aBucket()]);
  expect(second.endpoint).toBe(first.endpoint);
  expect(second.bucket).not.toBe(first.bucket);
});

test.each([8, 9] as const)(
  'Elasticsearch %i answers',
  async (major) => {
    const { url } = await anElasticsearch(major);
    expect(await (await fetch(`${url}/_cluster/health`)).json()).toMatchObject({ cluster_name: 'sallyport', status: 'green' });
  },
  200_000,
); // Java takes its time on a busy machine
