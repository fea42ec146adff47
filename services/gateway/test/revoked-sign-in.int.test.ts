import { systemClock, type Clock } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { openShell, runSsh } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

/** Has a check each second instead of every ten; sign-in-watch.test.ts holds the ten. */
const clock: Clock = { ...systemClock, interval: (ms, call) => systemClock.interval(ms === 10_000 ? 1_000 : ms, call) };
let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({ clock });
});
afterAll(() => g.stop());
afterEach(() => {
  g.core.toRevoke.clear();
  g.core.isAway = false;
});

const MESSAGE = 'The SSH key that you signed in with was removed. Connect again.';
const revokeAlice = (): void => void g.core.toRevoke.set('token of alice', { reason: EndReason.SIGN_IN_REVOKED, message: MESSAGE });
const SOON = 15_000;

describe('a connection whose sign-in was revoked', () => {
  it('is closed in the menu, with the reason', async () => {
    const menu = openShell(g.alice(''));
    await menu.expect('Opt> ');
    revokeAlice();
    await menu.expect(MESSAGE, SOON);
    expect(await menu.exited).toBe(255);
  });

  it('is closed as a master without a session, so that no further session can use it', async () => {
    const options = [`ControlPath=${g.folder.path}/control`];
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', 'SessionType=none', ...options] });
    const check = async () => (await runSsh({ ...g.alice(), options: [...options, 'ControlMaster=no'], flags: ['-O', 'check'] })).code;
    await vi.waitFor(async () => expect(await check()).toBe(0), 8_000);
    revokeAlice();
    await master.exited;
    expect(master.shown()).toContain(MESSAGE);
    expect(await check()).toBe(255);
  });

  it('ends its sessions first: their users read the reason, and recording and core know it', async () => {
    const shell = openShell(g.alice());
    shell.type('echo $((40+2))\n');
    await shell.expect('42');
    revokeAlice();
    await shell.expect(MESSAGE, SOON);
    expect(await shell.exited).toBe(255);
    const { session_id: sessionId } = g.recordings.last.meta;
    await vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject({ reason: EndReason.SIGN_IN_REVOKED, sessionId }), 8_000);
    expect(g.recordings.last.facts(FrameKind.end)).toMatchObject([{ reason: 'sign-in-revoked' }]);
  });

  it('goes on while core is away, and is closed when core is back', async () => {
    const menu = openShell(g.alice(''));
    await menu.expect('Opt> ');
    g.core.isAway = true;
    revokeAlice();
    await vi.waitFor(() => expect(g.log.some((line) => line.includes('core did not check the sign-ins'))).toBe(true), SOON);
    expect(menu.shown()).not.toContain(MESSAGE);
    g.core.isAway = false;
    await menu.expect(MESSAGE, SOON);
  });

  it('that has closed is not asked about any more', async () => {
    const menu = openShell(g.alice(''));
    await menu.expect('Opt> ');
    const before = g.core.checked.length;
    await vi.waitFor(() => expect(g.core.checked.length).toBeGreaterThan(before), SOON);
    expect(g.core.checked.at(-1)?.uses).toHaveLength(1);
  });
});
