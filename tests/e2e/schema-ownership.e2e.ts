import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { startProduct, type Product } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** Runs a query as a service's own database role. */
async function asRole(service: 'core' | 'indexer', query: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: (await readFile(path.join(product.data, `secrets/${service}-database-url`), 'utf8')).trim(),
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows;
  } finally {
    await client.end();
  }
}

describe('schemas', () => {
  it('are each their owner’s to read', async () => {
    expect(await asRole('core', 'select count(*)::int as users from core."user"')).toEqual([{ users: 2 }]);
    expect(await asRole('indexer', 'select count(*)::int as commands from cmdlog.command')).toEqual([{ commands: 0 }]);
  });

  it.each([
    ['core', 'select * from cmdlog.command'],
    ['indexer', 'select * from core.account'],
    ['indexer', 'insert into core.audit_event default values'],
    ['core', 'create table cmdlog.intruder (id int)'],
  ] as const)('refuse the other service: %s runs "%s"', async (service, query) => {
    await expect(asRole(service, query)).rejects.toThrow(/permission denied for schema/);
  });
});
