import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  AccountCreate,
  AccountUpdate,
  AccountUsername,
  Address,
  AssetName,
  AssetPermissionCreate,
  Comment,
  CommandListQuery,
  listQuery,
  Name,
  NewPassword,
  ReplayQuery,
  TerminateRequest,
  UserCreate,
  Username,
  UserUpdate,
} from '../index.js';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
const id = '0190b3c4-0000-7000-8000-000000000001';

describe('an e-mail address', () => {
  it('has the lengths of RFC 5321', () => {
    expect(accepts(UserUpdate, { email: `${'a'.repeat(64)}@example.org` })).toBe(true);
    expect(accepts(UserUpdate, { email: `${'a'.repeat(65)}@example.org` })).toBe(false);
  });
});

describe('names', () => {
  it.each(['alice', 'a.b-c_d+e', '0day', 'A'])('"%s" is a user name', (name) => expect(accepts(Username, name)).toBe(true));
  it.each(['', 'a@b', 'a#b', 'a%b', 'a:b', 'a b', '-rf', '.a', 'ä', 'a'.repeat(65), 'a\nb'])(
    '"%s" is not one, or ssh would take it for a target',
    (name) => expect(accepts(Username, name)).toBe(false),
  );

  it.each(['web-1', 'Web 1', 'db.example.org', 'Größe'])('"%s" is an asset name', (name) => expect(accepts(AssetName, name)).toBe(true));
  it.each(['', 'a@b', 'a#b', 'a%b', 'a  b', 'a\tb'])('"%s" is none', (name) => expect(accepts(AssetName, name)).toBe(false));

  it.each([
    0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200b, 0x200d, 0x200e, 0x200f, 0x061c, 0xad, 0xfeff, 0x3164,
    0x034f, 0xfe0f, 0x2800, 0xe0041,
  ])('no name of anything holds the invisible U+%s', (point) => {
    for (const schema of [Name, AssetName, AccountUsername, Username]) {
      const { error } = schema.safeParse(`web${String.fromCodePoint(point)}1`);
      expect(error?.issues.map(({ message }) => message).join()).toMatch(/invisible|hold only letters/);
    }
  });
  it('a refusal quotes the invisible character and says where it is', () => {
    const messageOf = (schema: z.ZodType, value: string) => schema.safeParse(value).error?.issues[0]?.message;
    expect(messageOf(Name, 'a😀\u202eb')).toBe('must not hold control characters or invisible ones, such as "\\u202E" (character 3)');
    expect(messageOf(Name, 'a\u{e0041}')).toContain('"\\u{E0041}" (character 2)');
    expect(messageOf(NewPassword, 'long enough but \0')).toBe('must not hold control characters');
  });

  it.each(['موقع', 'שרת', 'サーバ', 'Größe'])('"%s" is a name in its own script', (name) => {
    for (const schema of [Name, AssetName, AccountUsername]) expect(accepts(schema, name)).toBe(true);
  });

  it.each([
    '10.0.0.1',
    'web-1.example.org',
    'localhost',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    '[fe80::1%eth0]',
    '2001:db8::7',
  ])('"%s" is an address', (address) => expect(accepts(Address, address)).toBe(true));
  it.each([
    '',
    'web 1',
    '10.0.0.1:22',
    '-oProxyCommand=x',
    'a/b',
    'a;b',
    'a.',
    '[::1',
    '::1]',
    '[web]',
    '1:2:3',
    '1::2::3',
    '[::1]:22',
    '::1%',
  ])('"%s" is none', (address) => expect(accepts(Address, address)).toBe(false));
});

describe('names that a user types behind `ssh -l`', () => {
  it.each([
    'web-1',
    'db (1)',
    "o'brien",
    'a;b',
    'a{b}',
    'a -b',
    'a\\',
    'a b',
    'a$b',
    '数据库-上海-01',
    'a[1]',
    'a,b',
    'a|b',
    'a&b',
    'a<b',
    'a"b',
    'a`b',
  ])('%j are taken exactly if ssh takes them', (name) => {
    const ssh = spawnSync('ssh', ['-G', '-l', `alice@root@${name}`, 'localhost']);
    expect(accepts(AssetName, name)).toBe(ssh.status === 0);
    if (!/\s|\\$/.test(name)) expect(accepts(AccountUsername, name)).toBe(ssh.status === 0);
  });
});

describe('comments', () => {
  it.each(['two\nlines\tand a tab', 'نمی\u200cخواهم', '👩\u200d💻 ⚠️'])('%j is one', (comment) =>
    expect(accepts(Comment, comment)).toBe(true),
  );
  it.each(['\u001b[2J', 'a\rb', '\0', '\u007f', '\u009b2J', '\u202egnp', '\u2066', '\u2028', '\ud800'])(
    '%j is none: a terminal would obey it, or show another order',
    (comment) => {
      for (const schema of [Comment, TerminateRequest.shape.message]) expect(accepts(schema, comment)).toBe(false);
    },
  );
});

describe('requests', () => {
  it('refuse unknown fields, so that a client can’t set what core alone may set', () => {
    for (const field of ['id', 'password_hash', 'date_created', 'created_by', 'is_expired']) {
      expect(accepts(UserCreate, { username: 'alice', [field]: 'x' }), field).toBe(false);
      expect(accepts(UserUpdate, { [field]: 'x' }), field).toBe(false);
    }
  });

  it('take one secret for an account, and a passphrase only beside a key', () => {
    const account = { asset: id, username: 'root' };
    expect(accepts(AccountCreate, { ...account, password: 'x' })).toBe(true);
    expect(accepts(AccountCreate, { ...account, private_key: 'x', passphrase: 'y' })).toBe(true);
    expect(accepts(AccountCreate, account)).toBe(false);
    expect(accepts(AccountCreate, { ...account, password: 'x', private_key: 'y' })).toBe(false);
    expect(accepts(AccountCreate, { ...account, password: 'x', passphrase: 'y' })).toBe(false);
    expect(accepts(AccountUpdate, { is_active: false })).toBe(true);
    expect(accepts(AccountUpdate, { password: 'x', private_key: 'y' })).toBe(false);
    expect(accepts(AccountUpdate, { passphrase: 'y' })).toBe(false);
  });

  it('take "@all" and login names for a permission, no other alias', () => {
    expect(accepts(AssetPermissionCreate, { name: 'p', accounts: ['@all', 'root', 'DOMAIN\\admin'] })).toBe(true);
    expect(accepts(AssetPermissionCreate, { name: 'p', accounts: ['@ALL'] })).toBe(false);
    expect(accepts(AssetPermissionCreate, { name: 'p', users: ['alice'] })).toBe(false);
  });
});

describe('list queries', () => {
  const query = z.strictObject(listQuery(['name', 'date_created']));

  it('have safe defaults', () => {
    expect(query.parse({})).toEqual({ limit: 50, offset: 0, search: '', order: 'name' });
  });

  it('read numbers and orders from text', () => {
    expect(query.parse({ limit: '10', offset: '20', order: '-date_created', search: 'web' })).toEqual({
      limit: 10,
      offset: 20,
      order: '-date_created',
      search: 'web',
    });
  });

  it.each([
    { limit: '0' },
    { limit: '1001' },
    { limit: 'all' },
    { limit: '1.5' },
    { offset: '-1' },
    { order: 'password_hash' },
    { order: '--name' },
    { nmae: 'typo' },
    { search: 'x'.repeat(257) },
  ])('refuse %j', (given) => {
    expect(accepts(query, given)).toBe(false);
  });

  it('of commands take a cursor or an offset, not both', () => {
    expect(accepts(CommandListQuery, { cursor: 'abc' })).toBe(true);
    expect(accepts(CommandListQuery, { cursor: 'abc', offset: '50' })).toBe(false);
  });

  it('of a replay know its formats', () => {
    expect(ReplayQuery.parse({})).toEqual({ format: 'native', channel: 0, markers: 'commands' });
    expect(accepts(ReplayQuery, { format: 'mp4' })).toBe(false);
  });
});
