import { describe, expect, it } from 'vitest';
import { parseLoginName } from './login-name.js';

const target = (username: string, account: string, asset: string) => ({ kind: 'target', username, target: { account, asset } });

describe('a login name', () => {
  it.each([
    ['alice@root@web-1', target('alice', 'root', 'web-1')],
    ['alice#root#web-1', target('alice', 'root', 'web-1')],
    ['alice@@web-1', target('alice', '', 'web-1')],
    ['alice#web-1', target('alice', '', 'web-1')],
    ['alice@svc@corp.local@10.0.0.7', target('alice', 'svc@corp.local', '10.0.0.7')],
    ['alice#svc@corp.local#web-1', target('alice', 'svc@corp.local', 'web-1')],
    ['alice@root@fe80::1%eth0', target('alice', 'root', 'fe80::1%eth0')],
    ['alice@root@[fe80::1%eth0]', target('alice', 'root', '[fe80::1%eth0]')],
    ['alice@root@fe80::1', target('alice', 'root', 'fe80::1')],
    ['alice', { kind: 'menu', username: 'alice' }],
  ])('%s is parsed', (text, meaning) => {
    expect(parseLoginName(text)).toEqual(meaning);
  });

  it('of two parts is refused with the three forms that work', () => {
    expect(parseLoginName('carol@srv-03')).toEqual({
      kind: 'invalid',
      message:
        '"carol@srv-03" lacks the account: write carol@ACCOUNT@srv-03, or carol#srv-03 if srv-03 has one account. carol alone opens the menu.',
    });
  });

  it.each(['@root@web-1', 'alice@root@', '#web-1', 'alice%token', 'alice@root%token@web-1', '@web-1', 'a'.repeat(600)])(
    '%s is refused with a message',
    (text) => {
      expect(parseLoginName(text)).toMatchObject({ kind: 'invalid', message: expect.any(String) as string });
    },
  );
});
