import { expect, test } from 'vitest';
import { readyText } from './ready-text.js';
import type { RunFile } from './run-file.js';

const run: RunFile = {
  api: 'http://127.0.0.1:8080',
  ssh: { host: '127.0.0.1', port: 2222 },
  admin: { username: 'admin', password: 'first-secret' },
  demo: { username: 'demo', private_key_file: "/tmp/it's here/key", asset: 'demo', account: 'guest' },
  services: [],
  backing: [],
  public_key_file: '/x',
};

test('the ssh line can be pasted into a shell, whatever the name of the folder is', () => {
  const lines = readyText(run, '/tmp/known', '/tmp', true)
    .split('\n')
    .filter((line) => line.startsWith('ssh '));
  expect(lines).toEqual([
    `ssh -i '/tmp/it'\\''s here/key' -o IdentitiesOnly=yes -o UserKnownHostsFile=/tmp/known -p 2222 demo@guest@demo@127.0.0.1`,
  ]);
});

test('the admin password is shown at the first start and never again', () => {
  expect(readyText(run, '/k', '/d', true)).toContain('first-secret');
  expect(readyText(run, '/k', '/d', false)).not.toContain('first-secret');
});
