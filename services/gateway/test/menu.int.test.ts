import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { freePort, openShell, type SshShell } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
  for (let n = 10; n < 60; n += 1)
    g.core.assets.push({
      name: `host-${n}`,
      address: `10.0.0.${n}`,
      port: 1,
      comment: 'a \u001b[31mred\u001b[0m \u202eone\u009b2J',
      accounts: { root: { password: 'x' } },
    });
  g.core.assets.push({ name: 'out-of-order', address: '127.0.0.1', port: await freePort(), accounts: { root: { password: 'x' } } });
  const [login] = g.sshd.logins;
  g.core.assets.push({
    name: 'two-accounts',
    address: '127.0.0.1',
    port: g.sshd.port,
    accounts: { nobody: { password: 'x' }, [g.account]: { pem: login.privateKey } },
  });
});
beforeEach(() => {
  g.core.opened.length = 0;
});
afterAll(() => g.stop());

async function openMenu(options: { rows?: number; columns?: number } = {}): Promise<SshShell> {
  const menu = openShell({ ...g.alice(''), ...options });
  await menu.expect('You are signed in as alice');
  await menu.expect('Opt> ');
  return menu;
}

describe('the menu', () => {
  it('lists a page that fits the terminal, turns pages, and removes escape sequences', async () => {
    const menu = await openMenu({ rows: 25, columns: 100 });
    expect(menu.shown()).toContain('1 to 20 of 53');
    menu.type('n\r');
    await menu.expect('21 to 40 of 53');
    menu.type('n\r');
    await menu.expect('41 to 53 of 53');
    menu.type('n\r');
    await menu.expect('There is no next page.');
    menu.type('p\r');
    await menu.expect('21 to 40 of 53');
    expect(menu.shown()).not.toContain('\u001b[31m');
    expect(menu.shown()).not.toMatch(/[\u202e\u009b]/);
    menu.resize(100, 15);
    await vi.waitFor(
      async () => {
        menu.type('\r'); // a resize has no answer: the next page that is drawn shows it
        await menu.expect('21 to 30 of 53', 500);
      },
      { timeout: 10_000 },
    );
    menu.type('q\r');
    expect(await menu.exited).toBe(0);
  });

  it('searches, shows help, and answers a wrong row number', async () => {
    const menu = await openMenu();
    menu.type('/host-4\r');
    await menu.expect('of 10 under "host-4"');
    menu.type('/nothing\r');
    await menu.expect('Nothing is found under "nothing"');
    menu.type('7\r');
    await menu.expect('There is no row 7');
    menu.type('h\r');
    await menu.expect('to search in names, addresses and comments');
    menu.type('\u0004');
    expect(await menu.exited).toBe(0);
    expect(g.core.opened).toEqual([]);
  });

  it('connects by name, and returns when the asset’s shell exits', async () => {
    const menu = await openMenu({ rows: 30, columns: 110 });
    menu.type('web-1\r');
    await menu.expect(/Connecting to web-1/);
    menu.type('stty size; echo $((40+2)); exit 3\r');
    await menu.expect('30 110');
    await menu.expect('42');
    await menu.expect('Opt> ');
    const recording = g.recordings.last;
    await vi.waitFor(
      () => expect(g.core.closed.at(-1)).toMatchObject({ sessionId: recording.meta.session_id, reason: EndReason.FINISHED }),
      8_000,
    );
    expect(recording.facts(FrameKind.channelClose)).toEqual([{ exit_status: 3 }]);
    expect(recording.text(1)).not.toContain('Opt>');
    menu.type('1\r'); // and again, by number
    await menu.expect(/Connecting to web-1/);
    menu.type('echo $((50+5)); exit\r');
    await menu.expect('55');
    await menu.expect('Opt> ');
    menu.type('q\r');
    expect(await menu.exited).toBe(0);
    expect(g.core.opened).toHaveLength(2);
  });

  it('connects by an unambiguous part of a name, and asks for the account if there are several', async () => {
    const menu = await openMenu();
    menu.type('two-acc\r');
    await menu.expect('several accounts on two-accounts');
    menu.type('9\r');
    await menu.expect('There is no "9" here');
    menu.type(`${g.account}\r`);
    await menu.expect(/Connecting to two-accounts as/);
    menu.type('whoami; exit\r');
    await menu.expect(g.account);
    await menu.expect('Opt> ');
    menu.type('q\r');
    await menu.exited;
  });

  it('shows that an asset is down and goes on', async () => {
    const menu = await openMenu();
    menu.type('out-of-order\r');
    await menu.expect("The asset can't be reached: connection refused");
    await menu.expect('Opt> ');
    menu.type('q\r');
    expect(await menu.exited).toBe(0);
  });

  it('returns when an admin ends the session', async () => {
    const menu = await openMenu();
    menu.type('web-1\r');
    await menu.expect(/Connecting to web-1/);
    menu.type('echo $((40+2))\r');
    await menu.expect('42');
    g.terminate({ sessionId: g.recordings.last.meta.session_id, message: 'Enough.', requestedBy: 'root' });
    await menu.expect('Enough.');
    await menu.expect('Opt> ');
    menu.type('q\r');
    expect(await menu.exited).toBe(0);
  });

  it('asks for the account if the login names an asset alone', async () => {
    const shell = openShell(g.alice('#two-accounts'));
    await shell.expect('Account> ');
    shell.type(`${g.account}\r`);
    shell.type('echo $((40+2)); exit 6\r');
    await shell.expect('42');
    expect(await shell.exited).toBe(6);
  });

  it('ends its session when the client is killed', async () => {
    const menu = await openMenu();
    menu.type('web-1\r');
    await menu.expect(/Connecting to web-1/);
    menu.type('echo $((40+2))\r');
    await menu.expect('42');
    const { session_id: sessionId } = g.recordings.last.meta;
    process.kill(menu.pid, 'SIGKILL');
    await vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject({ sessionId }), 8_000);
  });
});
