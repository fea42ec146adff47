import { generateKeyPairSync } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { selectCrypto, serveSsh, type ChannelKind } from '@sallyport/ssh';
import { openShell, runSftp, runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { ALL_ACTIONS, type Action } from '../src/session/granted-actions.js';
import { readHostKeys } from '../src/ssh/index.js';
import { aGateway, type TestGateway } from './a-gateway.js';

/** The actions of every grant. */
let actions: ReadonlySet<Action> = ALL_ACTIONS;
vi.mock('../src/channels/channel-policy.js', async (original) => ({
  ...(await original<typeof import('../src/channels/channel-policy.js')>()),
  rulesOf: () => ({ actions }),
}));

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
beforeEach(() => {
  actions = ALL_ACTIONS;
});
afterAll(() => g.stop());

describe('a grant without the action connect', () => {
  beforeEach(() => {
    actions = new Set([...ALL_ACTIONS].filter((action) => action !== 'connect'));
  });

  const refused = 'Your permission does not include the action "connect"';

  it.each([
    ['a command', () => runSsh({ ...g.alice(), command: 'echo ran' })],
    ['a shell without a terminal', () => runSsh({ ...g.alice(), flags: ['-T'], input: 'echo ran\n' })],
    ['sftp', () => runSftp(g.alice(), ['pwd'])],
  ])('runs no program: %s is refused with the reason, and logged', async (_, run) => {
    const [before, recordings] = [g.log.length, g.recordings.all.length];
    const result = await run();
    expect(result.code).not.toBe(0);
    expect(result.stdout.toString()).not.toContain('ran');
    expect(result.stderr).toContain(refused);
    expect(g.log.slice(before).join('')).toContain('"reason":"not-granted"');
    const opened = g.recordings.all.slice(recordings).flatMap((recording) => recording.facts(FrameKind.channelOpen));
    expect(opened).toEqual([]);
  });

  it('opens no shell, neither of a login that names the target nor from the menu, which goes on', async () => {
    const shell = openShell(g.alice());
    await shell.expect(refused);
    expect(await shell.exited).toBe(255);
    const menu = openShell(g.alice(''));
    await menu.expect('Opt> ');
    menu.type('web-1\r');
    await menu.expect(refused);
    await menu.expect('Opt> ');
    menu.type('q\r');
    expect(await menu.exited).toBe(0);
  });
});

describe('a grant of connect alone', () => {
  it('runs commands, shells and sftp', async () => {
    actions = new Set(['connect']);
    expect((await runSsh({ ...g.alice(), command: 'echo ran' })).stdout.toString()).toBe('ran\n');
    expect((await runSftp(g.alice(), ['pwd'])).code).toBe(0);
    const shell = openShell(g.alice());
    shell.type('echo $((40+2)); exit 3\n');
    await shell.expect('42');
    expect(await shell.exited).toBe(3);
  });
});

describe('an asset', () => {
  const address = { host: '127.0.0.1', port: 1 };
  const kinds: ChannelKind[] = [
    { kind: 'auth-agent@openssh.com' },
    { kind: 'x11', origin: address },
    { kind: 'forwarded-tcpip', target: address, origin: address },
    { kind: 'forwarded-streamlocal@openssh.com', path: '/tmp/socket' },
    { kind: 'session' },
    { kind: 'other', name: 'vendor@example.org', body: Buffer.alloc(0) },
  ];
  let asset: Server;
  const answers: string[] = [];

  beforeAll(async () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const identities = await readHostKeys([pem]);
    asset = createServer((socket) => {
      serveSsh(
        socket,
        { crypto: selectCrypto(), identities },
        {
          authenticator: () => ({ methods: () => ['password'], acceptsKey: () => false, decide: () => ({ kind: 'success' }) }),
          loggedIn: (connection) => ({
            channelOpen: (incoming) => {
              const channel = incoming.accept({
                request: () => {
                  const opening = kinds.map((kind) =>
                    connection.openChannel(kind, {}).then(
                      () => answers.push(`${kind.kind} opened`),
                      (error: Error) => answers.push(`${kind.kind}: ${error.message}`),
                    ),
                  );
                  void Promise.all(opening).then(() => channel.close());
                  return true;
                },
              });
            },
          }),
        },
      );
    });
    await new Promise<void>((resolve) => asset.listen(0, '127.0.0.1', resolve));
    const { port } = asset.address() as AddressInfo;
    g.core.assets.push({ name: 'asks', address: '127.0.0.1', port, accounts: { root: { password: 'x' } } });
  });
  afterAll(() => asset.close());

  it('opens no channel towards the client, of any kind, whatever the grant allows', async () => {
    await runSsh({ ...g.alice('@root@asks'), flags: ['-A'], command: 'true' });
    expect(answers).toHaveLength(kinds.length);
    for (const answer of answers) expect(answer).toMatch(/is not allowed through this gateway/);
  });
});
