import { createLogger } from '@sallyport/telemetry';
import { aPostgres, withClient, type TestPostgres } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCommand } from '../../../test/a-command.js';
import { commandStoreConformance } from '../command-store.suite.js';
import { SchemaBehind, StoreUnavailable } from '../store.errors.js';
import { migrations } from './migrations/index.js';
import { PostgresStore } from './postgres-store.js';

const logger = createLogger({ service: 'indexer-test', level: 'silent' });

commandStoreConformance('postgres', async () => {
  const database = await aPostgres();
  const store = new PostgresStore({ url: database.indexerServiceUrl, ownerUrl: database.indexerUrl, logger });
  await store.migrate();
  return {
    store,
    stop: async () => {
      await store.close();
      await database.drop();
    },
  };
});

describe('the postgres command store alone', () => {
  let database: TestPostgres;
  let store: PostgresStore;
  beforeAll(async () => {
    database = await aPostgres();
    store = new PostgresStore({ url: database.indexerServiceUrl, ownerUrl: database.indexerUrl, logger });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('refuses a schema that was not migrated, and names the command to run', async () => {
    await expect(store.prepare()).rejects.toThrow(SchemaBehind);
    await expect(store.add([aCommand('o')])).rejects.toThrow(/main\.js migrate/);
  });

  it('migrates once if two stores migrate at the same time', async () => {
    const other = new PostgresStore({ url: database.indexerServiceUrl, ownerUrl: database.indexerUrl, logger });
    const done = await Promise.all([store.migrate(), other.migrate()]);
    expect(done.flat()).toEqual(migrations.map(({ name }) => name));
    await other.close();
  });

  it.each([
    [`UPDATE cmdlog.command SET input = 'ls'`, /permission denied for table command/],
    ['DELETE FROM cmdlog.command', /permission denied for table command/],
    ['TRUNCATE cmdlog.command', /permission denied for table command/],
    ['ALTER TABLE cmdlog.command DISABLE TRIGGER ALL', /must be owner of table command/],
    ['CREATE TABLE cmdlog.copy (id int)', /permission denied for schema cmdlog/],
    ['SET ROLE indexer', /permission denied to set role/],
  ])('refuses the running indexer’s role the attack "%s"', async (statement, refusal) => {
    await expect(withClient(database.indexerServiceUrl, (client) => client.query(statement))).rejects.toThrow(refusal);
  });

  it('refuses to migrate for a role that owns the schema or does not exist', async () => {
    for (const user of ['indexer', 'nosuchrole']) {
      const url = database.indexerServiceUrl.replace('indexer_service:', `${user}:`);
      const unfit = new PostgresStore({ url, ownerUrl: database.indexerUrl, logger });
      await expect(unfit.migrate()).rejects.toMatchObject({ code: 'COMMAND_SCHEMA_NOT_ALLOWED' });
      await unfit.close();
    }
  });

  it('stores the rest of a batch when the database refuses some commands', async () => {
    const good = Array.from({ length: 9 }, () => aCommand('org-rest'));
    const [long, far] = [aCommand('org-rest', { username: randomText(20_000) }), aCommand('org-rest', { seq: 2n ** 64n - 1n })];
    const failures = await store.add([...good.slice(0, 4), long, ...good.slice(4), far]);
    expect([...failures.keys()].sort()).toEqual([long.id, far.id].sort());
    expect([...failures.values()].map(({ kind }) => kind)).toEqual(['invalid', 'invalid']);
    expect((await store.find({ orgId: 'org-rest', limit: 100, offset: 0 })).commands.map(({ id }) => id).sort()).toEqual(
      good.map(({ id }) => id).sort(),
    );
  });

  it('has a name for every constraint and finds text by index', async () => {
    const names = await withClient(database.indexerUrl, async (client) =>
      (
        await client.query<{ conname: string }>(
          `SELECT conname FROM pg_constraint WHERE conrelid = 'command'::regclass AND contype <> 'n' ORDER BY 1`,
        )
      ).rows.map(({ conname }) => conname),
    );
    expect(names).toEqual(['command_certainty_ck', 'command_id_pk', 'command_kind_ck', 'command_risk_level_ck']);
    const plan = await withClient(database.indexerUrl, async (client) => {
      await client.query('SET enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT 1 FROM command WHERE (words @@ '''nginx'''::tsquery OR folded LIKE '%nginx%')`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(/command_words_ix/);
    expect(plan).toMatch(/command_folded_ix/);
  });

  it('finds names in any case by index', async () => {
    for (const column of ['username', 'asset_name']) {
      const plan = await withClient(database.indexerUrl, async (client) => {
        await client.query('SET enable_seqscan = off');
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN SELECT 1 FROM command WHERE lower(${column}) = lower('X')`);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
      expect(plan).toContain(`command_lower_${column}_timestamp_ix`);
    }
  });

  it('reports that it cannot be reached, without the password', async () => {
    const away = new PostgresStore({ url: 'postgres://indexer:s3cret-word@127.0.0.1:9/sallyport', logger });
    const error = await away.find({ orgId: 'o', limit: 1, offset: 0 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as Error).message).toMatch(/PostgreSQL 127\.0\.0\.1:9\/sallyport.*ECONNREFUSED/);
    expect(String((error as Error).stack)).not.toContain('s3cret-word');
    await expect(away.check()).rejects.toThrow(StoreUnavailable);
    await expect(away.add([aCommand('o')])).rejects.toThrow(StoreUnavailable);
    await away.close();
  });
});

/** Returns text that does not compress, so that it is too long for an index. */
const randomText = (length: number): string =>
  Array.from({ length }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000))).join('');
