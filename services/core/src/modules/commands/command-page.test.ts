import { CommandListQuery } from '@sallyport/contracts';
import { describe, expect, it } from 'vitest';
import { toCommandPage } from './command-page.js';

const found = { commands: [], count: 42, countIsLowerBound: true, nextCursor: 'c2' };
const page = (search: string, result = found) => {
  const url = new URL(`http://h/api/v1/terminal/commands${search}`);
  const { next, previous } = toCommandPage(url, CommandListQuery.parse(Object.fromEntries(url.searchParams)), result);
  return { next: next && new URL(next).search, previous: previous && new URL(previous).search };
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
    const url = new URL('http://h/');
    expect(toCommandPage(url, CommandListQuery.parse({}), found)).toMatchObject({ count: 42, count_is_lower_bound: true });
  });
});
