import { describe, expect, it } from 'vitest';
import { parseLoginName } from './login-name.js';

const target = (username: string, account: string, asset: string) => ({ kind: 'target', username, target: { account, asset } });

describe('a login name', () => {
  it.each([
    ['alice@root@web-1', target('alice', 'root', 'web-1')],
    ['alice#root#web-1', target('alice', 'root', 'web-1')],
    ['alice@@web-1', target('alice', '', 'web-1')],
    ['alice#web-1', target('alice', '', 'web-1')],
    ['alice@example.org@root@10.0.0.7', target('alice@example.org', 'root', '10.0.0.7')],
    ['alice@example.org#root#web-1', target('alice@example.org', 'root', 'web-1')],
    ['alice@example.org#web-1', target('alice@example.org', '', 'web-1')],
    ['alice@root@fe80::1', target('alice', 'root', 'fe80::1')],
    ['alice', { kind: 'menu', username: 'alice' }],
    ['alice@example.org', { kind: 'menu', username: 'alice@example.org' }],
  ])('%s is parsed', (text, meaning) => {
    expect(parseLoginName(text)).toEqual(meaning);
  });

  it.each(['@root@web-1', 'alice@root@', '#web-1', 'alice%token', 'a'.repeat(600)])('%s is refused with a message', (text) => {
    expect(parseLoginName(text)).toMatchObject({ kind: 'invalid', message: expect.any(String) as string });
  });
});
