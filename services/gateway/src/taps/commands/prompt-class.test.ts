import { describe, expect, it } from 'vitest';
import { PromptBook, type PromptClass } from './prompt-class.js';

const classify = (text: string, foreground: string | undefined, isMarked = false, known: [string, boolean][] = []): PromptClass => {
  const book = new PromptBook();
  for (const [prompt, wasMarked] of known) book.learn(prompt, wasMarked);
  return book.classify({ text, isMarked, foreground, isOpen: false });
};
const home: [string, boolean][] = [['me@h:~$ ', true]];

describe('with a marked shell known', () => {
  it.each<[string, string, boolean, PromptClass]>([
    ['me@h:~$ ', 'ls', true, 'shell'],
    ['me@h:/tmp$ ', 'cd /tmp', true, 'shell'],
    ['➜  proj git:(main) ', 'node build.js', true, 'shell'],
    ['root@h:~# ', 'sudo -i', true, 'shell'],
    ['$ ', 'ssh old-host', false, 'shell'],
    ['Switch>', 'ssh switch1', false, 'shell'],
    ['>>> ', 'python3', false, 'program'],
    ['>>> ', './manage.py shell', true, 'program'],
    ['>>> ', 'sudo ./manage.py shell', true, 'program'],
    ['postgres=# ', 'psql', true, 'program'],
    ['mydb=> ', 'docker exec -it db psql mydb', true, 'program'],
    ['mysql> ', 'mysql -u root', true, 'program'],
    ['MariaDB [x]> ', 'mysql', true, 'program'],
    ['sqlite> ', 'sqlite3 f', true, 'program'],
    ['127.0.0.1:6379> ', 'redis-cli', false, 'program'],
    ['(gdb) ', 'gdb a.out', true, 'program'],
    ['irb(main):001:0> ', 'irb', true, 'program'],
    ['In [3]: ', 'ipython', true, 'program'],
    ['> ', 'node', false, 'program'],
    ['sftp> ', 'sftp host', false, 'program'],
    ['Continue? [y/N] ', 'apt install x', false, 'program'],
    ['name: ', 'python3 ask.py', true, 'program'],
    ['price in $ ', './ask.sh', false, 'program'],
    ['', 'cat', false, 'program'],
    ['>>> ', "PS1='>>> '", true, 'shell'],
    ['anything: ', "export PS1='anything: '", true, 'shell'],
    ['heredoc> ', 'cat <<X', true, 'continuation'],
    ['for then> ', 'for i in 1', true, 'continuation'],
  ])('%j after %j (marked: %s) is a %s’s', (text, foreground, isMarked, expected) => {
    expect(classify(text, foreground, isMarked, home)).toBe(expected);
  });
});

describe('at a login', () => {
  it.each<[string, PromptClass]>([
    ['$ ', 'shell'],
    ['>>> ', 'shell'],
    ['Switch>', 'shell'],
    ['New password: ', 'program'],
  ])('%j is a %s’s', (text, expected) => {
    expect(classify(text, undefined)).toBe(expected);
  });
});

it('forgets the prompt unseen for longest, not the one in use', () => {
  const book = new PromptBook();
  book.learn('me@h:~$ ', true);
  for (let i = 0; i < 100; i += 1) {
    book.learn(`x${i}@y:~$ `, true);
    book.learn('me@h:~$ ', true);
  }
  expect(book.isKnown('me@h:~$ ')).toBe(true);
  expect(book.known.length).toBeLessThanOrEqual(32);
});
