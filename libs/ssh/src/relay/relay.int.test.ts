import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crypto } from '../connection/loopback.suite.js';
import { makeKeyFolder, runSsh, startOpenSshServer, type KeyFolder, type OpenSshServer } from '../connection/openssh.suite.js';
import { startGateway, type TestGateway } from './gateway.suite.js';

let folder: KeyFolder;
let sshd: OpenSshServer;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await makeKeyFolder();
  sshd = await startOpenSshServer(folder);
  gateway = await startGateway({
    target: { port: sshd.port, crypto, user: sshd.user, methods: [{ method: 'publickey', signer: folder.key }], verifyHostKey: () => true },
    authenticator: () => ({
      methods: () => ['publickey'],
      acceptsKey: () => true,
      decide: (attempt) => (attempt.method === 'publickey' ? { kind: 'success' } : { kind: 'failure', methods: ['publickey'] }),
    }),
  });
});
afterAll(async () => {
  await gateway.close();
  await sshd.close();
  folder.remove();
});

describe('OpenSSH to OpenSSH through a relay', () => {
  it('runs a command', async () => {
    const { stdout, stderr, status } = await runSsh(folder, gateway.port, ['x@127.0.0.1', 'cat; echo err >&2; exit 4'], 'in');
    expect([stdout.toString(), stderr.includes('err\n'), status]).toEqual(['in', true, 4]);
  });

  it('passes 100 MB both ways at once', async () => {
    const input = Buffer.alloc(100_000_000, 'sallyport ');
    const { stdout, status } = await runSsh(folder, gateway.port, ['x@127.0.0.1', 'cat'], input);
    expect(status).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });
});
