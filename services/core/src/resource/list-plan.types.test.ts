import { describe, expect, it } from 'vitest';
import { columnsOf, type Fields } from './fields.js';
import { listPlan } from './list-plan.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly dateExpired: Date | null;
  readonly tags: string[];
}
type Query = { limit: number; offset: number; search: string; order: 'name' | '-name'; name?: string; is_active?: boolean };
type Update = { name?: string; date_expired?: string | null; tags?: string[] };

const { plain, time, list } = columnsOf<Row>();
const common = { alias: 'row', search: ['name'] as const, order: { name: 'name' } as const };

// The types lane compiles this file. Each @ts-expect-error below fails it as soon as the mistake compiles.
describe('a list plan compiles only', () => {
  it('with a filter for every field of its query', () => {
    listPlan<Row, Query>({ ...common, filters: { name: 'name', is_active: 'isActive' } });
    // @ts-expect-error: "is_active" has no filter
    listPlan<Row, Query>({ ...common, filters: { name: 'name' } });
    expect(true).toBe(true);
  });

  it('with filters that its query has', () => {
    // @ts-expect-error: the query has no field "colour"
    listPlan<Row, Query>({ ...common, filters: { name: 'name', is_active: 'isActive', colour: 'name' } });
    expect(true).toBe(true);
  });

  it('with columns of the entity that hold the value', () => {
    // @ts-expect-error: a boolean column does not hold a text
    listPlan<Row, Query>({ ...common, filters: { name: 'isActive', is_active: 'isActive' } });
    // @ts-expect-error: the entity has no column "nickname"
    listPlan<Row, Query>({ ...common, filters: { name: 'nickname', is_active: 'isActive' } });
    expect(true).toBe(true);
  });

  it('with a column for every order', () => {
    // @ts-expect-error: the order "name" has no column
    listPlan<Row, Query>({ ...common, order: {}, filters: { name: 'name', is_active: 'isActive' } });
    expect(true).toBe(true);
  });
});

describe('fields compile only', () => {
  const fields: Fields<Row, Row, Update> = { name: plain('name'), date_expired: time('dateExpired'), tags: list('tags') };

  it('with an entry for every field of the update', () => {
    // @ts-expect-error: "tags" has no entry
    const incomplete: Fields<Row, Row, Update> = { name: plain('name'), date_expired: time('dateExpired') };
    expect([fields, incomplete]).toHaveLength(2);
  });

  it('with a column that holds the value', () => {
    // @ts-expect-error: a boolean column does not hold a text
    const wrong: Fields<Row, Row, Update> = { ...fields, name: plain('isActive') };
    // @ts-expect-error: a time column is written by `time`
    const plainTime = (): unknown => plain('dateExpired');
    expect([wrong, plainTime]).toHaveLength(2);
  });
});
