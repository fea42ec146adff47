import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { meshCredentials } from '@sallyport/rpc';
import {
  anSshd,
  makeMeshCertificates,
  makeSshKey,
  openShell,
  workFolder,
  type MeshIdentity,
  type TestSshd,
  type WorkFolder,
} from '@sallyport/testkit';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeCore } from './fake-core.js';
import { aGatewayProcess, aSilentPeer, type GatewayProcess } from './gateway-process.js';

/** Nothing listens there: port 1 is for root alone. */
const AWAY = '127.0.0.1:1';

let folder: WorkFolder;
let mesh: Record<'core' | 'gateway', MeshIdentity>;
beforeAll(async () => {
  folder = await workFolder('drain');
  mesh = await makeMeshCertificates(`${folder.path}/mesh`, ['core', 'gateway']);
});
afterAll(() => folder.remove());

/** Sends SIGTERM. Resolves to the exit and the seconds until then. */
async function term(gateway: GatewayProcess): Promise<{ code: unknown; seconds: number }> {
  const startedAt = performance.now();
  gateway.signal('SIGTERM');
  const code = await gateway.exited;
  return { code, seconds: (performance.now() - startedAt) / 1000 };
}

/** Returns the error of a connect to a port, undefined if it succeeds. */
const connectError = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(void socket.destroy()));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });

const answerOf = async (gateway: GatewayProcess, path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${gateway.healthPort}${path}`);
  return { status: response.status, text: await response.text() };
};

describe('a gateway without sessions exits at once', () => {
  it('while core, the recorder and NATS refuse connections', async () => {
    const gateway = await aGatewayProcess(folder, mesh.gateway, { core: AWAY, recorder: AWAY, nats: AWAY });
    const { code, seconds } = await term(gateway);
    expect(code, gateway.log()).toBe(0);
    expect(seconds).toBeLessThan(5);
  });

  it('while core, the recorder and NATS take connections and do not answer', async () => {
    const peer = await aSilentPeer();
    const gateway = await aGatewayProcess(folder, mesh.gateway, { core: peer.address, recorder: peer.address, nats: peer.address });
    const { code, seconds } = await term(gateway);
    peer.close();
    expect(code, gateway.log()).toBe(0);
    expect(seconds).toBeLessThan(5);
  });
});

describe('a gateway with a session', () => {
  let core: FakeCore;
  let sshd: TestSshd;
  let gateway: GatewayProcess;
  let keyFile: string;
  let coreAddress: string;
  beforeAll(async () => {
    sshd = await anSshd();
    const [login] = sshd.logins;
    const key = await makeSshKey('ed25519', 'alice');
    keyFile = `${folder.path}/alice.key`;
    await writeFile(keyFile, key.privateKey, { mode: 0o600 });
    core = new FakeCore(meshCredentials(mesh.core));
    core.users.set('alice', { keys: [Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64')] });
    core.assets.push({ name: 'web-1', address: '127.0.0.1', port: sshd.port, accounts: { [login.username]: { pem: login.privateKey } } });
    coreAddress = `127.0.0.1:${await core.start()}`;
  });
  afterAll(async () => {
    await core.stop();
    await sshd.remove();
  });

  it('drains while it is served, refuses connections, and ends the session at a second signal; the spool keeps its recording', async () => {
    gateway = await aGatewayProcess(folder, mesh.gateway, { core: coreAddress, recorder: AWAY, nats: AWAY });
    const shell = openShell({ port: gateway.port, user: 'alice#web-1', privateKeyFile: keyFile });
    await shell.expect(/[$#] /, 30_000);
    gateway.signal('SIGTERM');
    await vi.waitFor(async () =>
      expect(await answerOf(gateway, '/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"draining":true') }),
    );
    expect(await connectError(gateway.port)).toBe('ECONNREFUSED');
    expect((await answerOf(gateway, '/metrics')).text).toMatch(/^gateway_draining\{service="gateway"\} 1$/m);
    await shell.expect(/will be ended at .* UTC, in 24 h\./);
    shell.type('echo $((80+2))\r');
    await shell.expect('82');
    const startedAt = performance.now();
    gateway.signal('SIGINT');
    await shell.expect('This session ended because the gateway is being restarted.');
    expect(await shell.exited).toBe(255);
    expect(await gateway.exited, gateway.log()).toBe(0);
    expect((performance.now() - startedAt) / 1000).toBeLessThan(10);
    expect(core.closed.at(-1)).toMatchObject({ reason: EndReason.DRAINED });
    expect((await readdir(gateway.spool, { recursive: true })).some((file) => file.includes(core.closed.at(-1)!.sessionId))).toBe(true);
    expect(gateway.log()).toMatch(/"sessions":1,"until":"2\d{3}-.*"draining: new connections are refused, and sessions go on"/);
  });

  it('ends it after the drain time also while core is away, and then exits', async () => {
    gateway = await aGatewayProcess(
      folder,
      mesh.gateway,
      { core: coreAddress, recorder: AWAY, nats: AWAY },
      { GATEWAY_DRAIN_SECONDS: '2' },
    );
    const shell = openShell({ port: gateway.port, user: 'alice#web-1', privateKeyFile: keyFile });
    await shell.expect(/[$#] /, 30_000);
    core.isAway = true;
    const { code, seconds } = await term(gateway);
    expect(shell.shown()).toContain('This session ended because the gateway is being restarted.');
    expect(code, gateway.log()).toBe(0);
    expect(seconds).toBeLessThan(18);
  });
});
