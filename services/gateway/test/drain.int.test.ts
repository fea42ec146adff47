import { afterEach, expect, it, vi } from 'vitest';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { openShell, runSsh } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
afterEach(() => g.stop());

it('a draining gateway refuses logins, notifies its users, lets commands finish and ends the sessions that are left', async () => {
  g = await aGateway({ drainSeconds: 4 });
  const shell = openShell(g.alice());
  shell.type('echo $((40+2))\n');
  await shell.expect('42');
  const work = runSsh({ ...g.alice(), command: 'sleep 2; echo done; exit 3' });
  await vi.waitFor(() => expect(g.core.opened).toHaveLength(2), 5_000);
  const startedAt = performance.now();
  const drained = g.gateway.drain();
  await shell.expect(/This gateway is being restarted/);
  expect((await runSsh({ ...g.alice(), command: 'true' })).stderr).toContain('being restarted');
  expect(await work.then(({ code, stdout }) => [code, stdout.toString()])).toEqual([3, 'done\n']);
  await shell.expect(/ended because the gateway is being restarted/, 8_000);
  expect(await shell.exited).toBe(255);
  await drained;
  expect(performance.now() - startedAt).toBeGreaterThan(3_500);
  expect(g.core.closed.map(({ reason }) => reason)).toEqual([EndReason.FINISHED, EndReason.DRAINED]);
});

it('a gateway without sessions drains at once, also with users in its menu', async () => {
  g = await aGateway({ drainSeconds: 60 });
  const menu = openShell(g.alice(''));
  await menu.expect('Opt> ');
  const startedAt = performance.now();
  await g.gateway.drain();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await menu.exited).toBe(255);
});
