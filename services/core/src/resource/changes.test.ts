import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.js';
import { columnsOf, related, secret } from './fields.js';

interface Row {
  readonly name: string;
  readonly dateExpired: Date | null;
  readonly tags: string[];
  readonly members: readonly string[];
  readonly hash: string | null;
}
const { plain, time, list } = columnsOf<Row>();
const fields = {
  name: plain('name'),
  date_expired: time('dateExpired'),
  tags: list('tags'),
  members: related(({ members }: Row) => members),
  password: secret(({ hash }: Row) => hash),
};
const row: Row = { name: 'web', dateExpired: new Date('2030-01-01T00:00:00Z'), tags: ['a', 'b'], members: ['u1', 'u2'], hash: null };

describe('the changes of an audit event', () => {
  it('name what differs, from and to, as REST shows it', () => {
    expect(changesBetween(fields, row, { ...row, name: 'web-1', dateExpired: null, tags: ['a'] })).toEqual({
      name: { from: 'web', to: 'web-1' },
      date_expired: { from: '2030-01-01T00:00:00.000Z', to: null },
      tags: { from: ['a', 'b'], to: ['a'] },
    });
  });

  it('are none for the same values: equal times, lists in another order', () => {
    expect(changesBetween(fields, row, { ...row, dateExpired: new Date('2030-01-01T00:00:00Z'), members: ['u2', 'u1'] })).toEqual({});
  });

  it('mask a secret, and show that one was set, replaced or removed', () => {
    expect(changesBetween(fields, row, { ...row, hash: 'h1' })).toEqual({ password: { from: null, to: '***' } });
    expect(changesBetween(fields, { ...row, hash: 'h1' }, { ...row, hash: 'h2' })).toEqual({ password: { from: '***', to: '***' } });
    expect(JSON.stringify(changesBetween(fields, { ...row, hash: 'h1' }, row))).not.toContain('h1');
  });

  it('name every field that is set of a new row, and of a deleted one', () => {
    expect(changesBetween(fields, undefined, row)).toMatchObject({
      name: { from: null, to: 'web' },
      members: { from: null, to: ['u1', 'u2'] },
    });
    expect(changesBetween(fields, row, undefined)).toMatchObject({ name: { from: 'web', to: null } });
  });
});
