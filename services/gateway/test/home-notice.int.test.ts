import { openShell, runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

/** Returns a command as Ansible makes it of `ansible_user`. */
const ansible = (): string => `/bin/sh -c 'echo ~alice@${g.account}@web-1 && sleep 0'`;

describe('a command that takes the login name for a home', () => {
  it('runs as it is, and its reason is on stderr', async () => {
    const { code, stdout, stderr } = await runSsh({ ...g.alice(), command: ansible() });
    expect([code, stdout.toString()]).toEqual([0, `~alice@${g.account}@web-1\n`]);
    expect(stderr).toMatch(/names the home "~alice@…"[^]*ansible_ssh_common_args/);
  });

  it('gets one notice for a connection, and other commands get none', async () => {
    const options = [`ControlPath=${g.folder.path}/control`];
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', ...options] });
    master.type('echo $((40+2))\n');
    await master.expect('42');
    const told = [];
    for (const command of ['echo ~ ~root alice@web-1', ansible(), ansible()])
      told.push((await runSsh({ ...g.alice(), options, command })).stderr !== '');
    expect(told).toEqual([false, true, false]);
    master.type('exit\n');
    await master.exited;
  });
});
