import { systemCtx } from '@sallyport/context';
import { aPostgres, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { coreTemplate } from '../../test/core-template.js';
import { OrgEntity } from '../modules/orgs/org.entity.js';
import { createDataSource, Database, isRefusedValue, migrate, namingConnectionLoss, openDatabase, schemaIsBehind } from './index.js';
import { migrations } from './migrations/index.js';

let migrated: TestPostgres;
let empty: TestPostgres;
let dataSource: DataSource;
let database: Database;
const ctx = systemCtx('test');
beforeAll(async () => {
  [migrated, empty] = await Promise.all([aPostgres(coreTemplate), aPostgres()]);
  dataSource = await createDataSource(migrated.coreUrl).initialize();
  database = new Database(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await Promise.all([migrated.drop(), empty.drop()]);
});

const org = (name: string): OrgEntity => ({ id: crypto.randomUUID(), name, comment: '', dateCreated: new Date() });
const names = async (): Promise<string[]> => (await dataSource.manager.find(OrgEntity)).map(({ name }) => name);

describe('the schema', () => {
  it('is what the entities say: generating a migration would find nothing', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('would be found to differ, if it did', async () => {
    await dataSource.query('ALTER TABLE core.org ADD COLUMN planted text');
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.query('ALTER TABLE core.org DROP COLUMN planted');
    expect(upQueries.map(({ query }) => query)).toEqual([expect.stringContaining('planted')]);
  });

  it('names every constraint by hand and has an index for every foreign key', async () => {
    const constraints = await dataSource.query<{ name: string; type: string }[]>(
      `SELECT conname AS name, contype AS type FROM pg_constraint WHERE connamespace = 'core'::regnamespace AND conrelid <> 'core.migration'::regclass AND contype IN ('p', 'u', 'f', 'c')`,
    );
    const suffix: Record<string, string> = { p: '_pk', u: '_uq', f: '_fk', c: '_ck' };
    expect(constraints.filter(({ name, type }) => !name.endsWith(suffix[type] ?? '?'))).toEqual([]);
    const unindexed = await dataSource.query<object[]>(`
      SELECT c.conname FROM pg_constraint c
      WHERE c.connamespace = 'core'::regnamespace AND c.contype = 'f'
        AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])`);
    expect(unindexed).toEqual([]);
  });

  it('is made once when two migrate at the same time, and then is not behind', async () => {
    const [one, two] = [await createDataSource(empty.coreUrl).initialize(), await createDataSource(empty.coreUrl).initialize()];
    const all = migrations.map(({ name }) => name);
    expect(await schemaIsBehind(one)).toEqual(all);
    await expect(openDatabase(empty.coreUrl)).rejects.toMatchObject({
      code: 'SCHEMA_BEHIND',
      message: expect.stringContaining('"main.js migrate"'),
    });
    const done = await Promise.all([migrate(one), migrate(two)]);
    expect(done.flat()).toEqual(all);
    expect(await schemaIsBehind(two)).toEqual([]);
    await Promise.all([one.destroy(), two.destroy()]);
    await (await openDatabase(empty.coreUrl)).destroy();
  });

  it('is core’s alone: the indexer’s role reads nothing of it', async () => {
    const foreign = await createDataSource(migrated.indexerUrl).initialize();
    await expect(foreign.query('SELECT * FROM core.account')).rejects.toThrow(/permission denied/);
    await foreign.destroy();
  });

  it('says where it could not connect to, without the password', async () => {
    const failed = openDatabase('postgres://core:hunter2@127.0.0.1:9/sallyport');
    await expect(failed).rejects.toMatchObject({ code: 'DATABASE_AWAY', message: expect.stringContaining('127.0.0.1:9/sallyport') });
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') });
  });
});

describe('transactions', () => {
  it('commit what was done when the work returns', async () => {
    await database.run(ctx, (inside) => database.global(inside, OrgEntity).insert(org('kept')));
    expect(await names()).toContain('kept');
  });

  it('leave nothing when the work fails, also what a nested run had done', async () => {
    const failed = database.run(ctx, async (inside) => {
      await database.run(inside, (nested) => database.global(nested, OrgEntity).insert(org('nested')));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await names()).not.toContain('nested');
  });

  it('have prepared statements, which see what the transaction did, and fail as any other', async () => {
    const count = (inside: typeof ctx, name: string) =>
      database.prepared<{ n: string }>(inside, 'test-count', 'SELECT count(*) AS n FROM core.org WHERE name = $1', [name]);
    await database.run(ctx, async (inside) => {
      await database.global(inside, OrgEntity).insert(org('prepared'));
      expect(await count(inside, 'prepared')).toEqual([{ n: '1' }]);
      expect(await count(ctx, 'prepared')).toEqual([{ n: '0' }]);
    });
    expect(await count(ctx, 'prepared')).toEqual([{ n: '1' }]);
    const failed = database.prepared(ctx, 'test-fail', 'INSERT INTO core.org (id, name) VALUES ($1, $2)', [null, 'x']);
    expect(isRefusedValue(await failed.catch((error: unknown) => error))).toBe(true);
  });

  it('run what follows a commit after it alone', async () => {
    const seen: string[] = [];
    const run = (isFailing: boolean) =>
      database.run(ctx, async (inside) => {
        database.afterCommit(inside, () => void seen.push('after'));
        seen.push('work');
        if (isFailing) throw new Error('no');
      });
    await run(false);
    await expect(run(true)).rejects.toThrow('no');
    expect(seen).toEqual(['work', 'after', 'work']);
  });

  it('can’t be used once they are over', async () => {
    const leaked = await database.run(ctx, async (inside) => inside);
    expect(() => database.global(leaked, OrgEntity)).toThrow('this transaction is over');
  });

  it('refuse an undefined or null id instead of taking the first row', async () => {
    const missing = undefined as unknown as string;
    await expect(dataSource.manager.findOneBy(OrgEntity, { id: missing })).rejects.toThrow(/undefined/i);
  });
});

describe('a lost connection', () => {
  const cutAll = async (): Promise<void> => {
    const superuser = await createDataSource(migrated.url).initialize();
    await superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await superuser.destroy();
  };
  const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, namingConnectionLoss);

  it('in the middle of a statement is named as what it is', async () => {
    const slow = failure(dataSource.query('SELECT pg_sleep(30)'));
    await vi.waitFor(async () =>
      expect(
        await dataSource.query(`SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'`),
      ).toHaveLength(1),
    );
    await cutAll();
    expect(await slow).toMatchObject({ code: 'DATABASE_AWAY', kind: 'unavailable' });
  });

  it('heals by itself', async () => {
    await cutAll();
    await vi.waitFor(async () => expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]), { timeout: 5_000 });
  });

  it('is not seen in other failures', async () => {
    const wrong = await failure(dataSource.query('SELECT nonsense'));
    expect(wrong).toMatchObject({ message: expect.stringContaining('nonsense') });
    expect(wrong).not.toHaveProperty('kind');
  });
});
