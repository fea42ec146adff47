import { expect, it } from 'vitest';
import { assetTable } from './asset-table.js';

const asset = (name: string, comment = '', accounts = ['root']) => ({
  id: name,
  name,
  address: '10.0.0.1',
  comment,
  accounts: accounts.map((username) => ({ id: username, username })),
});

it('a table aligns its columns, numbers its rows and is cut at the width of the screen', () => {
  expect(assetTable([asset('web-1', 'front', ['deploy', 'root']), asset('database-primary')], 9, 60)).toEqual([
    'No.  Name              Address   Accounts      Comment',
    '9    web-1             10.0.0.1  deploy, root  front',
    '10   database-primary  10.0.0.1  root',
  ]);
  expect(assetTable([asset('web-1', 'x'.repeat(500))], 1, 40).every((line) => [...line].length <= 40)).toBe(true);
});

it('a table counts the columns of Chinese and Japanese characters and of emoji', () => {
  const rows = assetTable([asset('数据库-上海-01', '主库'), asset('サーバー', '🚀'), asset('web-1', 'front')], 1, 60);
  expect(rows).toEqual([
    'No.  Name            Address   Accounts  Comment',
    '1    数据库-上海-01  10.0.0.1  root      主库',
    '2    サーバー        10.0.0.1  root      🚀',
    '3    web-1           10.0.0.1  root      front',
  ]);
  expect(assetTable([asset('数据库')], 1, 10)[1]).toBe('1    数据…');
});

it('a table contains nothing that moves the cursor, colours the screen or begins a line', () => {
  const [, row = ''] = assetTable([asset('a\u001b[2Jb\r\nc\u009b31m', '\u0007\u202810')], 1, 200);
  // eslint-disable-next-line no-control-regex -- the pattern matches the control characters that must be gone
  expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
  expect(row).toContain('a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFD31m');
  expect(assetTable([asset('web-1', 'exe.\u202egnp\u2066 \u200b')], 1, 200)[1]).toContain('exe.\uFFFDgnp\uFFFD \uFFFD');
});
