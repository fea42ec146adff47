import { writeFile } from 'node:fs/promises';
import { FrameKind } from '@sallyport/recording-format';
import { openShell, runScp, runSftp, runSsh, workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
let folder: WorkFolder;
beforeAll(async () => {
  folder = await workFolder('banner');
  await writeFile(`${folder.path}/banner`, 'Größe: AUTHORIZED use only \u001b[31m\u001b]52;c;eA==\u0007\r\nline two\tend\n');
  await writeFile(`${folder.path}/upload`, 'content');
  g = await aGateway({ sshdLines: [`Banner ${folder.path}/banner`] });
});
afterAll(async () => {
  await g.stop();
  await folder.remove();
});

/** The first line as OpenSSH's own client prints it. */
const SHOWN = 'Größe: AUTHORIZED use only \\033[31m\\033]52;c;eA==\\007';

describe('the login banner of an asset', () => {
  it('is what the client prints that connects straight to it', async () => {
    const [login] = g.sshd.logins;
    await writeFile(`${folder.path}/key`, login.privateKey, { mode: 0o600 });
    const target = { port: g.sshd.port, user: login.username, privateKeyFile: `${folder.path}/key`, options: ['LogLevel=INFO'] };
    expect((await runSsh({ ...target, command: 'true' })).stderr).toContain(SHOWN);
  });

  it('is on the terminal before the first output of a shell, without what a terminal obeys', async () => {
    const shell = openShell(g.alice());
    shell.type('echo $((40+2))\n');
    await shell.expect('42');
    expect(shell.shown()).toContain(`${SHOWN}\r\nline two`);
    expect(shell.shown().indexOf('line two')).toBeLessThan(shell.shown().indexOf('42'));
    expect(shell.shown()).not.toContain('\u001b]52');
    shell.type('exit\n');
    await shell.exited;
  });

  it('is on stderr of a command, and its stdout and exit code are the command’s alone', async () => {
    const { code, stdout, stderr } = await runSsh({ ...g.alice(), command: 'printf "one\\0two"; exit 3' });
    expect([code, stdout.toString()]).toEqual([3, 'one\0two']);
    expect(stderr).toContain(`${SHOWN}\nline two`);
  });

  it('is on stderr of sftp and scp, whose transfers it leaves whole', async () => {
    const listed = await runSftp(g.alice(), ['pwd']);
    expect([listed.code, listed.stderr.includes(SHOWN)]).toEqual([0, true]);
    for (const flags of [[], ['-O']]) {
      const copied = await runScp({ ...g.alice(), flags }, `${folder.path}/upload`, ':/tmp/sallyport-banner-upload');
      expect([copied.code, copied.stderr.includes(SHOWN)], flags.join()).toEqual([0, true]);
    }
    expect(
      (await runSsh({ ...g.alice(), command: 'cat /tmp/sallyport-banner-upload; rm /tmp/sallyport-banner-upload' })).stdout.toString(),
    ).toBe('content');
  });

  it('is shown once on a connection, and is not in the recording of the program’s output', async () => {
    const options = [`ControlPath=${g.folder.path}/control`];
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', ...options] });
    master.type('echo $((40+2))\n');
    await master.expect('42');
    expect(await runSsh({ ...g.alice(), options, command: 'true' })).toMatchObject({ code: 0, stderr: '' });
    master.type('exit\n');
    await master.exited;
    await vi.waitFor(() => expect(g.recordings.last.isClosed).toBe(true), 8_000);
    expect(g.recordings.last.facts(FrameKind.channelOpen)).toHaveLength(2);
    expect(g.recordings.last.text(1)).not.toContain('AUTHORIZED');
  });

  it('is shown in front of the message when the asset refuses the login', async () => {
    const asset = g.core.assets[0]!;
    g.core.assets.push({ ...asset, name: 'refusing', accounts: { [g.account]: { password: 'wrong' } } });
    const { code, stderr } = await runSsh({ ...g.alice(`@${g.account}@refusing`), command: 'true' });
    expect(code).toBe(255);
    expect(stderr).toMatch(/AUTHORIZED use only[^]*did not accept the password/);
  });
});

it('a banner of any length is shown in part, and says so', async () => {
  await writeFile(`${folder.path}/banner`, 'x'.repeat(100_000));
  const { code, stderr } = await runSsh({ ...g.alice(), command: 'true' });
  expect(code).toBe(0);
  expect(stderr.length).toBeLessThan(20_000);
  expect(stderr).toContain('[the asset sent more]');
});

describe('a gateway that shows no banners of assets', () => {
  let quiet: TestGateway;
  beforeAll(async () => {
    await writeFile(`${folder.path}/banner`, 'AUTHORIZED use only\n');
    quiet = await aGateway({ showAssetBanners: false, sshdLines: [`Banner ${folder.path}/banner`] });
  });
  afterAll(() => quiet.stop());

  it('leaves the stderr of a command to the command alone', async () => {
    const { code, stderr } = await runSsh({ ...quiet.alice(), command: 'echo err >&2' });
    expect([code, stderr]).toEqual([0, 'err\n']);
  });

  it('shows one in front of the message when the asset refuses the login, because it may say why', async () => {
    quiet.core.assets.push({ ...quiet.core.assets[0]!, name: 'refusing', accounts: { [quiet.account]: { password: 'wrong' } } });
    const { stderr } = await runSsh({ ...quiet.alice(`@${quiet.account}@refusing`), command: 'true' });
    expect(stderr).toMatch(/AUTHORIZED use only[^]*did not accept the password/);
  });
});
