import { afterEach, expect, it, vi } from 'vitest';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { openShell, runSsh } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
afterEach(() => g.stop());

/** Resolves to the seconds that the drain takes. */
async function drainSeconds(): Promise<number> {
  const startedAt = performance.now();
  await g.gateway.drain();
  return (performance.now() - startedAt) / 1000;
}

it('a draining gateway notifies its users, lets commands finish and ends the sessions that are left', async () => {
  g = await aGateway({ drainSeconds: 4 });
  const shell = openShell(g.alice());
  shell.type('echo $((40+2))\n');
  await shell.expect('42');
  const work = runSsh({ ...g.alice(), command: 'sleep 2; echo done; exit 3' });
  await vi.waitFor(() => expect(g.core.opened).toHaveLength(2), 5_000);
  const drained = drainSeconds();
  await shell.expect(
    /This gateway is being restarted. Your session goes on and will be ended at 2\d\d\d-\d\d-\d\d \d\d:\d\d UTC, in 4 s.\r\n/,
  );
  shell.type('echo $((50+2))\n');
  await shell.expect('52');
  expect(await work.then(({ code, stdout, stderr }) => [code, stdout.toString(), stderr])).toEqual([3, 'done\n', '']);
  await shell.expect(/ended because the gateway is being restarted/, 8_000);
  expect(await shell.exited).toBe(255);
  expect(await drained).toBeGreaterThan(3.5);
  expect(g.core.closed.map(({ reason }) => reason)).toEqual([EndReason.FINISHED, EndReason.DRAINED]);
});

it('a gateway without sessions drains at once, also with users in its menu, and they read why', async () => {
  g = await aGateway({ drainSeconds: 60 });
  const menu = openShell(g.alice(''));
  await menu.expect('Opt> ');
  const drained = drainSeconds();
  await menu.expect('This gateway is being restarted. Log in again in a moment.');
  expect(await menu.exited).toBe(255);
  expect(await drained).toBeLessThan(5);
});

it('a session that was chosen in the menu goes on; back in the menu, the user reads why it ends', async () => {
  g = await aGateway({ drainSeconds: 60 });
  const menu = openShell(g.alice(''));
  await menu.expect('Opt> ');
  menu.type('1\r');
  await menu.expect(/[$#] /);
  const drained = drainSeconds();
  await menu.expect('Your session goes on');
  menu.type('echo $((60+2))\r');
  await menu.expect('62');
  menu.type('exit\r');
  await menu.expect('Log in again in a moment.');
  expect(await menu.exited).toBe(255);
  expect(await drained).toBeLessThan(15);
});

it('an idle connection is closed at once although other sessions go on', async () => {
  g = await aGateway({ drainSeconds: 60 });
  const shell = openShell(g.alice());
  await shell.expect(/[$#] /);
  const options = [`ControlPath=${g.folder.path}/control`];
  const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', 'SessionType=none', 'LogLevel=INFO', ...options] });
  await vi.waitFor(async () => expect(await runSsh({ ...g.alice(), options, flags: ['-O', 'check'] })).toMatchObject({ code: 0 }), {
    timeout: 10_000,
    interval: 200,
  });
  expect(await runSsh({ ...g.alice(), options, command: 'true' })).toMatchObject({ code: 0 });
  const drained = drainSeconds();
  await master.expect('Log in again in a moment.', 3_000);
  expect(await master.exited).toBe(255);
  shell.type('exit 4\r');
  expect(await shell.exited).toBe(4);
  expect(await drained).toBeLessThan(20);
});

it('a login that is under way when the drain begins does not fail, and its user is notified', async () => {
  const admission = Promise.withResolvers<undefined>();
  g = await aGateway({ drainSeconds: 60, admit: () => admission.promise });
  const shell = openShell(g.alice());
  await vi.waitFor(() => expect(g.core.authenticated.length).toBeGreaterThan(1), 10_000);
  const drained = drainSeconds();
  admission.resolve(undefined);
  await shell.expect('This gateway is being restarted. Your session goes on');
  shell.type('echo $((70+2)); exit 6\r');
  await shell.expect('72');
  expect(await shell.exited).toBe(6);
  expect(await drained).toBeLessThan(20);
});

it('a second request ends the sessions at once, with the message and the reason', async () => {
  g = await aGateway({ drainSeconds: 86_400 });
  const shell = openShell(g.alice());
  await shell.expect(/[$#] /);
  const drained = drainSeconds();
  await shell.expect('in 24 h.');
  g.gateway.endSessions();
  await shell.expect(/ended because the gateway is being restarted/);
  expect(await shell.exited).toBe(255);
  expect(await drained).toBeLessThan(10);
  expect(g.core.closed.map(({ reason }) => reason)).toEqual([EndReason.DRAINED]);
});

it('sessions that are over do not hold the drain while core is away', async () => {
  g = await aGateway({ drainSeconds: 86_400 });
  const shell = openShell(g.alice());
  await shell.expect(/[$#] /);
  g.core.isAway = true;
  shell.type('exit\r');
  await shell.exited;
  await vi.waitFor(() => expect(g.core.calls).toContain('closeSession'), 10_000);
  expect(await drainSeconds()).toBeLessThan(5);
});
