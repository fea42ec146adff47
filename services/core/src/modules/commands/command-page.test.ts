import { CommandListQuery } from '@sallyport/contracts';
import { describe, expect, it } from 'vitest';
import { toCommandPage } from './command-page.js';

const found = { commands: [], count: 42, countIsLowerBound: true, nextCursor: 'c2' };
const PATH = '/api/v1/terminal/commands';
const page = (search: string, result = found) => {
  const query = CommandListQuery.parse(Object.fromEntries(new URLSearchParams(search)));
  const { next, previous } = toCommandPage(`${PATH}${search}`, query, { found: result, began: new Map() });
  return { next: next && next.replace(PATH, ''), previous: previous && previous.replace(PATH, '') };
};

describe('toCommandPage', () => {
  it('links the next page by offset and keeps the filters', () => {
    expect(page('?search=ls&limit=10&offset=10')).toEqual({
      next: '?search=ls&limit=10&offset=20',
      previous: '?search=ls&limit=10&offset=0',
    });
  });

  it('links the next page by cursor beyond the deepest offset', () => {
    expect(page('?limit=1000&offset=9500').next).toBe('?limit=1000&cursor=c2');
    expect(page('?limit=10&cursor=c1')).toEqual({ next: '?limit=10&cursor=c2', previous: null });
  });

  it('ends at the last page', () => {
    expect(page('?limit=10', { ...found, nextCursor: '' })).toEqual({ next: null, previous: null });
  });

  it('shows that the count is a lower bound', () => {
    expect(toCommandPage('/', CommandListQuery.parse({}), { found, began: new Map() })).toMatchObject({
      count: 42,
      count_is_lower_bound: true,
    });
  });
});
