import { expect, test } from 'vitest';
import { readyText } from './ready-text.js';
import type { RunFile } from './run-file.js';

const run: RunFile = {
  pid: 1,
  api: 'http://127.0.0.1:8080',
  ssh: { host: '127.0.0.1', port: 2222 },
  admin: { username: 'admin', password: 'first-secret' },
  demo: { username: 'demo', private_key_file: "/tmp/it's here/key", asset: 'demo', account: 'guest' },
  services: [],
  backing: [],
  public_key_file: '/x',
};

const sshLine = (demoKey: string, knownHosts: string): string =>
  readyText({ ...run, demo: { ...run.demo, private_key_file: demoKey } }, knownHosts, '/tmp', true).match(/^ssh .*$/m)?.[0] ?? '';

test('the ssh line is plain for a plain folder', () => {
  expect(sshLine('/tmp/key', '/tmp/known')).toBe(
    'ssh -o IdentityFile=/tmp/key -o IdentitiesOnly=yes -o UserKnownHostsFile=/tmp/known -p 2222 demo@guest@demo@127.0.0.1',
  );
});

test.each([
  ["/tmp/it's here/key", `'IdentityFile="/tmp/it'\\''s here/key"'`],
  ['/tmp/my "data"\\/key', `'IdentityFile="/tmp/my \\"data\\"\\\\/key"'`],
  ['/tmp/100% #1/key', `'IdentityFile="/tmp/100%% #1/key"'`],
  ['/tmp/数据/$HOME/key', `'IdentityFile="/tmp/数据/$HOME/key"'`],
])('%s is quoted for ssh and then for the shell', (path, word) => {
  expect(sshLine(path, '/tmp/known')).toContain(`ssh -o ${word} -o IdentitiesOnly=yes`);
});

test('the command that proves a recording is shown, with the key of this installation', () => {
  expect(readyText({ ...run, public_key_file: '/my data/key.pem' }, '/k', '/d', false)).toContain(
    "npx sallyport verify BUNDLE --public-key '/my data/key.pem'",
  );
});

test('the admin password is shown at the first start and never again', () => {
  expect(readyText(run, '/k', '/d', true)).toContain('first-secret');
  expect(readyText(run, '/k', '/d', false)).not.toContain('first-secret');
});
