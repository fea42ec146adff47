import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parsePrivateKey, type OfferedKey } from '../keys/index.js';
import { legacyOffer, modernOffer, withHostCertificates } from '../transport/algorithm-offer.js';
import { deferred } from '../transport/deferred.suite.js';
import { openStream } from './channel-stream.js';
import { askHostKeyProof } from './host-key-rotation.js';
import { keepAlive } from './keepalive.js';
import { crypto, dial, sha256, userKey } from './loopback.suite.js';
import { makeKeyFolder, startOpenSshServer, type KeyFolder, type OpenSshServer } from './openssh.suite.js';
import { runCommand } from './run-command.js';
import { connectSsh, type ClientOptions } from './ssh-client.js';
import type { SshConnection } from './ssh-connection.js';

let folder: KeyFolder;
let sshd: OpenSshServer;
const connections: SshConnection[] = [];

beforeAll(async () => {
  folder = await makeKeyFolder();
  const other = join(folder.path, 'host-ecdsa');
  spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', other]);
  sshd = await startOpenSshServer(folder, ['RekeyLimit 2M', `HostKey ${other}`]);
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await sshd.close();
  folder.remove();
});

const options = (changes: Partial<ClientOptions> = {}): ClientOptions => ({
  crypto,
  user: sshd.user,
  methods: [{ method: 'publickey', signer: folder.key }],
  verifyHostKey: () => true,
  ...changes,
});

const login = async (changes: Partial<ClientOptions> = {}): Promise<SshConnection> => {
  const connection = await connectSsh(await dial(sshd.port), options(changes));
  connections.push(connection);
  return connection;
};

describe("a client of OpenSSH's server", () => {
  it('runs a command and returns output, stderr and status', async () => {
    const result = await runCommand(await login(), 'cat; echo err >&2; exit 5', { input: Buffer.from('in') });
    expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
      status: 5,
      killedBy: undefined,
      stdout: 'in',
      stderr: 'err\n',
      droppedBytes: 0,
    });
  });

  it('returns the signal, and keeps only maxOutputBytes of the output', async () => {
    const result = await runCommand(await login(), 'head -c 100000 /dev/zero; kill -KILL $$', { maxOutputBytes: 1000 });
    expect([result.status, result.killedBy, result.stdout.length, result.droppedBytes]).toEqual([undefined, 'KILL', 1000, 99_000]);
  });

  it('stops a command when its signal aborts', async () => {
    const controller = new AbortController();
    const started = join(folder.path, 'started');
    const running = runCommand(await login(), `touch ${started}; sleep 100`, { signal: controller.signal });
    void vi.waitFor(() => expect(existsSync(started)).toBe(true), 10_000).then(() => controller.abort(new Error('enough')));
    await expect(running).rejects.toThrow('enough');
  });

  it('sends 20 MB and receives them back while the server rekeys every 2 MB', async () => {
    const connection = await login();
    const input = randomBytes(20_000_000);
    const { stdout, status } = await runCommand(connection, 'cat', { input, maxOutputBytes: 30_000_000 });
    expect([status, sha256(stdout)]).toEqual([0, sha256(input)]);
    expect(connection.transport.keyExchanges).toBeGreaterThan(3);
  });

  it.each(crypto.ciphers)('works with %s', async (cipher) => {
    const connection = await login({ offer: { ...modernOffer(crypto), ciphers: [cipher] } });
    expect((await runCommand(connection, 'head -c 200000 /dev/zero')).stdout).toHaveLength(200_000);
  });

  it('refuses a server with another host key than expected', async () => {
    const attempt = connectSsh(await dial(sshd.port), options({ verifyHostKey: ({ blob }) => blob.equals(userKey.publicKey.blob) }));
    await expect(attempt).rejects.toMatchObject({ name: 'SshProtocolError', reason: 9, message: 'Host key verification failed' });
  });

  it('reports the methods that the server accepts when its key is refused', async () => {
    const attempt = connectSsh(await dial(sshd.port), options({ methods: [{ method: 'publickey', signer: userKey }] }));
    await expect(attempt).rejects.toThrow(/Login refused: tried publickey; the server accepts publickey/);
  });

  it('requests proof of the announced host keys', async () => {
    const proven = deferred<OfferedKey[]>();
    await login({ hostKeysAnnounced: (connection, keys) => void askHostKeyProof(connection, keys).then(proven.resolve) });
    expect((await proven.promise).map(({ type }) => type).sort()).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519']);
  });

  it('connects through a channel of another connection, as through a jump host', async () => {
    const outer = await login();
    const stream = await openStream(outer, {
      kind: 'direct-tcpip',
      target: { host: '127.0.0.1', port: sshd.port },
      origin: { host: '127.0.0.1', port: 1 },
    });
    const inner = await connectSsh(stream, options());
    const input = randomBytes(3_000_000);
    const { stdout } = await runCommand(inner, 'cat', { input, maxOutputBytes: 5_000_000 });
    expect(sha256(stdout)).toBe(sha256(input));
    inner.disconnect();
  });

  it('notices a server that is gone without DISCONNECT', async () => {
    const closed = deferred<Error>();
    const connection = await login();
    connection.setHandler({ closed: closed.resolve });
    const asked = vi.spyOn(connection, 'request');
    keepAlive(connection, { intervalMs: 50, maxUnanswered: 3 });
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(6), 10_000);
    expect(connection.transport.hasEnded).toBe(false);
    const [pid] = /pid (\d+)/.exec((await runCommand(connection, 'echo pid $PPID')).stdout.toString())!.slice(1);
    process.kill(Number(pid), 'SIGSTOP');
    expect(await closed.promise).toMatchObject({ message: 'No reply to keepalive requests' });
    process.kill(Number(pid), 'SIGKILL');
  });

  it('logs in with a user certificate, and verifies a host certificate', async () => {
    const ca = join(folder.path, 'ca');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ca]);
    spawnSync('ssh-keygen', ['-q', '-s', ca, '-I', 'user', '-n', sshd.user, '-V', '-1h:+1h', `${folder.keyFile}.pub`]);
    spawnSync('ssh-keygen', ['-q', '-h', '-s', ca, '-I', 'host', '-n', '127.0.0.1', '-V', '-1h:+1h', join(folder.path, 'host.pub')]);
    const server = await startOpenSshServer(folder, [
      `TrustedUserCAKeys ${ca}.pub`,
      `HostCertificate ${folder.path}/host-cert.pub`,
      'AuthorizedKeysFile none',
    ]);
    const certificate = Buffer.from(readFileSync(`${folder.keyFile}-cert.pub`, 'utf8').split(' ')[1]!, 'base64');
    const shown: string[] = [];
    const connection = await connectSsh(
      await dial(server.port),
      options({
        methods: [{ method: 'publickey', signer: folder.key, certificate }],
        offer: withHostCertificates(modernOffer(crypto)),
        verifyHostKey: ({ algorithm, key }) => shown.push(`${algorithm} ${key.kind}`) > 0,
      }),
    );
    expect((await runCommand(connection, 'echo in')).stdout.toString()).toBe('in\n');
    expect(shown).toEqual(['ssh-ed25519-cert-v01@openssh.com certificate']);
    connection.disconnect();
    await server.close();
  });

  it.each([
    ['diffie-hellman-group14-sha1', 'aes128-cbc', 'hmac-sha1'],
    ['diffie-hellman-group1-sha1', '3des-cbc', 'hmac-sha1'],
    ['diffie-hellman-group1-sha1', 'aes256-cbc', 'hmac-sha1-etm@openssh.com'],
  ])('connects to an old device (%s, %s, %s, ssh-rsa) only with the legacy offer', async (kex, cipher, mac) => {
    const rsa = join(folder.path, 'host-rsa');
    spawnSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
    const server = await startOpenSshServer(folder, [
      `HostKey ${rsa}`,
      'HostKeyAlgorithms ssh-rsa',
      `KexAlgorithms ${kex}`,
      `Ciphers ${cipher}`,
      `MACs ${mac}`,
    ]);
    const connection = await connectSsh(await dial(server.port), options({ offer: legacyOffer(crypto) }));
    const input = randomBytes(500_000);
    expect(sha256((await runCommand(connection, 'cat', { input })).stdout)).toBe(sha256(input));
    connection.disconnect();
    await expect(connectSsh(await dial(server.port), options())).rejects.toThrow('No matching key exchange method found');
    await server.close();
  });

  it.each(['rsa', 'ecdsa'])('logs in with a key of type %s', async (type) => {
    const file = join(folder.path, `client-${type}`);
    spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    const server = await startOpenSshServer({ ...folder, keyFile: file });
    const signer = await parsePrivateKey(readFileSync(file));
    const connection = await connectSsh(await dial(server.port), options({ methods: [{ method: 'publickey', signer, asksFirst: true }] }));
    expect((await runCommand(connection, 'echo in')).stdout.toString()).toBe('in\n');
    connection.disconnect();
    await server.close();
  });
});

describe("a client of dropbear's server", () => {
  let dropbear: ChildProcess | undefined;
  afterAll(() => void dropbear?.kill());

  it('exchanges keys and is refused with an unknown user key', async () => {
    const hostFile = join(folder.path, 'dropbear');
    spawnSync('dropbearkey', ['-t', 'ed25519', '-f', hostFile]);
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    dropbear = spawn('dropbear', ['-F', '-E', '-s', '-r', hostFile, '-p', `127.0.0.1:${port}`], { stdio: 'ignore' });
    await expect
      .poll(
        async () =>
          dial(port).then(
            (socket) => socket.destroy() !== undefined,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(true);
    const attempt = connectSsh(await dial(port), options({ methods: [{ method: 'publickey', signer: userKey }] }));
    await expect(attempt).rejects.toMatchObject({ name: 'AuthenticationFailed', serverMethods: ['publickey'] });
  });
});
