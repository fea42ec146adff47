import { openShell, runSftp, runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({ sshdLines: ['MaxSessions 2'] });
});
afterAll(() => g.stop());

const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'];

/** Starts a master connection without a channel. */
async function aMaster(path: string, gateway = g) {
  const options = [`ControlPath=${gateway.folder.path}/${path}`];
  const master = openShell({ ...gateway.alice(), options: ['ControlMaster=yes', 'SessionType=none', ...options] });
  const check = async () => (await runSsh({ ...gateway.alice(), options: [...options, 'ControlMaster=no'], flags: ['-O', 'check'] })).code;
  await vi.waitFor(async () => expect(await check()).toBe(0), 8_000);
  return { master, options };
}

describe('an asset that allows two sessions on a connection', () => {
  it('runs six commands over one master at a time, as it does without the gateway', async () => {
    const { master, options } = await aMaster('six');
    const results = await Promise.all(NAMES.map((name) => runSsh({ ...g.alice(), options, command: `sleep 1; echo ${name}` })));
    expect(results.map(({ code, stdout }) => [code, stdout.toString()])).toEqual(NAMES.map((name) => [0, `${name}\n`]));
    await master.close();
  });

  it('refuses a third one to a client that has no other way, and takes it once one has ended', async () => {
    const { master, options } = await aMaster('third');
    const shells = [1, 2].map(() => openShell({ ...g.alice(), options }));
    for (const shell of shells) {
      shell.type('echo $((40+2))\n');
      await shell.expect('42');
    }
    const third = { ...g.alice(), options: [...options, 'ProxyCommand=false'], command: 'echo third' };
    expect(await runSsh(third)).toMatchObject({ code: 255, stderr: expect.stringContaining('refused by peer') });
    for (const shell of shells) shell.type('exit\n');
    await Promise.all(shells.map((shell) => shell.exited));
    expect((await runSsh(third)).stdout.toString()).toBe('third\n');
    expect(await runSftp({ ...g.alice(), options }, ['pwd'])).toMatchObject({ code: 0 });
    await master.close();
  });
});

it('a connection has no more sessions than the gateway allows, also while the asset has not answered for them', async () => {
  const few = await aGateway({ maxSessions: 3 });
  const { master, options } = await aMaster('few', few);
  const target = { ...few.alice(), options: [...options, 'ProxyCommand=false'] };
  const results = await Promise.all(NAMES.map((name) => runSsh({ ...target, command: `sleep 3; echo ${name}` })));
  expect(results.map(({ code }) => code).sort()).toEqual([0, 0, 0, 255, 255, 255]);
  await master.close();
  await few.stop();
});
