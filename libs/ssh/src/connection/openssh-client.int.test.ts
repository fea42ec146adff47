import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './loopback.suite.js';
import { makeKeyFolder, runSsh, type KeyFolder } from './openssh.suite.js';
import { shellApplication } from './shell-application.suite.js';
import type { ServerAuthenticator } from '../authentication/attempt.js';

let folder: KeyFolder;
let server: TestServer;

const authenticator = (): ServerAuthenticator => ({
  methods: () => ['publickey'],
  acceptsKey: ({ key }) => key.blob.equals(folder.key.publicKey.blob),
  decide: (attempt) =>
    attempt.method === 'publickey' && attempt.proven.key.blob.equals(folder.key.publicKey.blob)
      ? { kind: 'success' }
      : { kind: 'failure', methods: ['publickey'] },
});

beforeAll(async () => {
  folder = await makeKeyFolder();
  server = await startServer({ authenticator, loggedIn: () => shellApplication() });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

describe("OpenSSH's client at our server", () => {
  it('runs a command and sees its output and status', async () => {
    const finished = await runSsh(folder, server.port, ['x@127.0.0.1', 'echo out; echo err >&2; exit 3']);
    expect({ ...finished, stdout: finished.stdout.toString() }).toMatchObject({ status: 3, stdout: 'out\n', stderr: expect.stringContaining('err\n') });
  });

  it('sends input to its end and gets it back', async () => {
    const input = Buffer.alloc(3_000_000, 'sallyport ');
    const { stdout, status } = await runSsh(folder, server.port, ['x@127.0.0.1', 'cat'], input);
    expect(status).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });
});
