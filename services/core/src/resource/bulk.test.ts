import { inOrg, systemCtx } from '@sallyport/context';
import { expect, it, vi } from 'vitest';
import { DatabaseAway } from '../database/connection-loss.js';
import { runBulk } from './bulk.js';
import { resourceErrors } from './resource.errors.js';

const ctx = inOrg(systemCtx('test'), 'an-org');
const { notFound, nameTaken, inUse } = resourceErrors({ code: 'THING', noun: 'thing' });

it('a bulk request has a result per operation, in its order; a failure stops no other, and a bug shows nothing of itself', async () => {
  const onBug = vi.fn();
  const verbs = {
    create: (_: unknown, { name }: { name: string }) =>
      name === 'taken' ? Promise.reject(nameTaken(name)) : Promise.resolve({ id: `id-of-${name}` }),
    update: (_: unknown, id: string) => (id === 'missing' ? Promise.reject(notFound(id)) : Promise.resolve({ id })),
    remove: (_: unknown, id: string) => (id === 'broken' ? Promise.reject(new Error('secret detail')) : Promise.resolve()),
  };
  const operations = [
    { create: { name: 'new' } },
    { create: { name: 'taken' } },
    { id: 'missing', update: {} },
    { id: 'there', update: {} },
    { delete: 'broken' },
    { delete: 'there' },
  ];
  const { results } = await runBulk(ctx, operations, verbs, onBug);
  expect(results).toEqual([
    { status: 201, id: 'id-of-new' },
    { status: 409, error: { code: 'THING_NAME_TAKEN', message: 'There is a thing "taken" already', facts: { name: 'taken' } } },
    { status: 404, error: { code: 'THING_NOT_FOUND', message: 'Thing "missing" was not found', facts: { thing: 'missing' } } },
    { status: 200, id: 'there' },
    { status: 500, error: expect.objectContaining({ code: 'INTERNAL_ERROR' }) },
    { status: 204, id: 'there' },
  ]);
  expect(JSON.stringify(results)).not.toContain('secret detail');
  expect(onBug).toHaveBeenCalledTimes(1);
});

it('an outage ends a bulk request: the operations behind it are not tried and say so; an aborted request stops', async () => {
  const away = new DatabaseAway('PostgreSQL is away');
  const verbs = { create: vi.fn(() => Promise.reject(away)), update: vi.fn(), remove: vi.fn() };
  const operations = [{ create: {} }, { create: {} }, { create: {} }];
  const { results } = await runBulk(ctx, operations, verbs, vi.fn());
  expect(results.map(({ status, error }) => `${status} ${error?.code}`)).toEqual(Array(3).fill('503 DATABASE_AWAY'));
  expect(verbs.create).toHaveBeenCalledTimes(1);
  const aborted = { ...ctx, signal: AbortSignal.abort() };
  expect((await runBulk(aborted, operations, verbs, vi.fn())).results).toEqual([]);
});

it('a row in use names the rows that use it, and counts the rest', () => {
  const users = Array.from({ length: 12 }, (_, index) => `p${index}`);
  expect(inUse('web', users)).toMatchObject({ code: 'THING_IN_USE', kind: 'conflict', facts: { name: 'web', count: 12 } });
  expect(inUse('web', users).message).toContain('p9 and 2 more');
});
