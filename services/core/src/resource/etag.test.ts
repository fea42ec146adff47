import { describe, expect, it } from 'vitest';
import { etagOf, refuseStale } from './etag.js';
import { columnsOf } from './fields.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly dateUpdated: Date;
}
const fields = { name: columnsOf<Row>().plain('name') };
const row: Row = { id: 'a', name: 'web', dateUpdated: new Date(0) };

describe('an entity tag', () => {
  it('is the same for the same row and another one after every change, also within a millisecond', () => {
    expect(etagOf(fields, { ...row })).toBe(etagOf(fields, row));
    expect(etagOf(fields, { ...row, name: 'db' })).not.toBe(etagOf(fields, row));
    expect(etagOf(fields, { ...row, dateUpdated: new Date(1) })).not.toBe(etagOf(fields, row));
  });

  it.each([undefined, '*', '"v1"', '"v0", "v1"'])('lets If-Match %s through', (ifMatch) => {
    expect(() => refuseStale(ifMatch, '"v1"')).not.toThrow();
  });

  it.each(['"v0"', 'v1', 'W/"v1"', ''])('refuses If-Match %s and names both versions', (ifMatch) => {
    expect(() => refuseStale(ifMatch, '"v1"')).toThrow(
      expect.objectContaining({ code: 'VERSION_STALE', kind: 'stale', facts: { sent: ifMatch, current: '"v1"' } }),
    );
  });
});
