import 'reflect-metadata';
import { inOrg, systemCtx } from '@sallyport/context';
import { beforeAll, describe, expect, it } from 'vitest';
import { AssetEntity } from '../modules/assets/asset.entity.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import type { Table } from './table.js';

let table: Table<AssetEntity>;
beforeAll(async () => {
  // The SQL is read and never sent: no server is needed.
  const dataSource = createDataSource('postgres://nowhere@127.0.0.1:9/nothing');
  await (dataSource as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas();
  table = new Database(dataSource).tenant(inOrg(systemCtx('test'), 'ours'), AssetEntity);
});

describe('the rows of an organization', () => {
  it('stay its own under a condition with OR', () => {
    const sql = table.select('a').andWhere('a.name = :n OR a.address = :n', { n: 'x' }).andWhere('a.port = 22').getSql();
    expect(sql).toContain('WHERE "a"."org_id" = $1 AND ("a"."name" = $2 OR "a"."address" = $2) AND ("a"."port" = 22)');
  });

  it('can’t be left by replacing the condition', () => {
    const chained = table.select('a').andWhere('a.port = 22') as unknown as Record<'where' | 'orWhere', (text: string) => unknown>;
    expect(() => chained.where('1 = 1')).toThrow('narrowed to a scope');
    expect(() => chained.orWhere('1 = 1')).toThrow('narrowed to a scope');
  });

  it('stay its own in a clone, and refuse a condition that can’t be put in parentheses', () => {
    const clone = table.select('a').andWhere('a.port = 22').clone();
    expect(() => (clone as unknown as { where(text: string): unknown }).where('1 = 1')).toThrow('narrowed to a scope');
    expect(clone.andWhere('a.name = :n OR a.address = :n').getSql()).toContain('AND ("a"."name"');
    expect(() => table.select('a').andWhere((() => 'a OR b') as never)).toThrow('a text or Brackets');
  });

  it('are not reached by an upsert whose key lacks the organization', async () => {
    const row = { id: 'an-id', orgId: 'ours', name: 'x' };
    await expect(table.upsert(row, ['id'], ['name'])).rejects.toThrow('the key of an upsert');
    await expect(table.upsert(row, ['orgId', 'name'], ['orgId'])).rejects.toThrow('the key of an upsert');
  });

  it('take no row of another organization, and none moves to another', async () => {
    await expect(table.insert({ orgId: 'theirs', name: 'x' })).rejects.toThrow('does not belong to the organization');
    await expect(table.insertNew({ orgId: 'theirs', name: 'x' })).rejects.toThrow('does not belong to the organization');
    await expect(table.update({ id: 'an-id' }, { orgId: 'theirs' })).rejects.toThrow('does not belong to the organization');
  });
});
