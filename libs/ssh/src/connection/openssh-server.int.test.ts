import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crypto, dial } from './loopback.suite.js';
import { makeKeyFolder, startOpenSshServer, type KeyFolder, type OpenSshServer } from './openssh.suite.js';
import { runCommand } from './run-command.js';
import { connectSsh } from './ssh-client.js';
import type { SshConnection } from './ssh-connection.js';

let folder: KeyFolder;
let sshd: OpenSshServer;

beforeAll(async () => {
  folder = await makeKeyFolder();
  sshd = await startOpenSshServer(folder);
});
afterAll(async () => {
  await sshd.close();
  folder.remove();
});

const login = async (): Promise<SshConnection> =>
  connectSsh(await dial(sshd.port), {
    crypto,
    user: sshd.user,
    methods: [{ method: 'publickey', signer: folder.key }],
    verifyHostKey: ({ blob }) => blob.equals(sshd.hostKeyBlob),
  });

describe("our client at OpenSSH's server", () => {
  it('runs a command and sees output, stderr and status', async () => {
    const connection = await login();
    const result = await runCommand(connection, 'cat; echo err >&2; exit 5', { input: Buffer.from('in') });
    expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
      status: 5,
      killedBy: undefined,
      stdout: 'in',
      stderr: 'err\n',
      droppedBytes: 0,
    });
    connection.disconnect();
  });

  it('sends 20 MB in and gets them back', async () => {
    const connection = await login();
    const input = Buffer.alloc(20_000_000, 'sallyport ');
    const { stdout, status } = await runCommand(connection, 'cat', { input, maxOutputBytes: 30_000_000 });
    expect(status).toBe(0);
    expect(stdout.equals(input)).toBe(true);
    connection.disconnect();
  });
});
