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
  it('goes on by offset, keeping the filters', () => {
    expect(page('?search=ls&limit=10&offset=10')).toEqual({
      next: '?search=ls&limit=10&offset=20',
      previous: '?search=ls&limit=10&offset=0',
    });
  });

  it('goes on by cursor where an offset may not reach', () => {
    expect(page('?limit=1000&offset=9500').next).toBe('?limit=1000&cursor=c2');
    expect(page('?limit=10&cursor=c1')).toEqual({ next: '?limit=10&cursor=c2', previous: null });
  });

  it('ends where the index ends', () => {
    expect(page('?limit=10', { ...found, nextCursor: '' })).toEqual({ next: null, previous: null });
  });

  it('never hides that the count was cut', () => {
    const url = new URL('http://h/');
    expect(toCommandPage(url, CommandListQuery.parse({}), found)).toMatchObject({ count: 42, count_is_lower_bound: true });
  });
});
