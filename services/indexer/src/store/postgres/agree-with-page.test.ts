import { expect, it } from 'vitest';
import { agreeWithPage } from './postgres-store.js';

const query = { orgId: 'o', limit: 10, offset: 0 };

it.each([
  ['a row that came between is not counted and not shown', { ...query }, 0, 1, 0],
  ['a row that is shown is counted', { ...query }, 1, 0, 1],
  ['a page that is full leaves the count', { ...query }, 11, 300, 300],
  ['the last page is the end', { ...query, offset: 20 }, 3, 22, 23],
  ['a page behind the end says nothing', { ...query, offset: 50 }, 0, 7, 7],
])('%s', (_, asked, rows, counted, count) => expect(agreeWithPage(asked, rows, counted)).toBe(count));
