import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, modernOffer, SshReader, SshTransport, SshWriter, type Signer } from '@sallyport/ssh';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSshOptions, runOpenSsh } from './clients/openssh.ts';
import { makeUserKey, type UserKey } from './keys/user-key.ts';
import { clientPaths } from './client-paths.mjs';
import { runProgram } from './run-program.ts';
import { PASSWORD, USER, type Account } from './server/account.ts';
import { crypto, startTestServer, type TestServer } from './server/test-server.ts';

let folder: string;
let host: Signer[];
let user: UserKey;
let server: TestServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-limits-'));
  host = await Promise.all([generatePrivateKey('ed25519'), generatePrivateKey('ecdsa-nistp256'), generatePrivateKey('rsa-3072')]);
  user = await makeUserKey(folder, 'ed25519', 'user');
});
afterEach(() => server?.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = async (account: Account, authenticationLimits = {}): Promise<TestServer> => {
  server = await startTestServer({ identities: host.map((signer) => ({ signer })), account, authenticationLimits });
  return server;
};

describe('login attempts', () => {
  it("end after six keys of OpenSSH, as with OpenSSH's server", async () => {
    const { port, connections } = await start({ keys: [user.key.publicKey] });
    const files = await Promise.all(Array.from({ length: 8 }, (_, index) => makeUserKey(folder, 'ed25519', `wrong-${index}`)));
    const login = { kind: 'key', key: files[0]! } as const;
    const { status, stderr } = await runOpenSsh('ssh', login, [
      ...openSshOptions({ port, user: USER, login }),
      ...files.slice(1).flatMap(({ openSsh }) => ['-i', openSsh]),
      '-i',
      user.openSsh,
      '127.0.0.1',
      'true',
    ]);
    expect([status, stderr]).toEqual([255, expect.stringContaining('Too many authentication failures')]);
    expect(connections[0]!.end?.message).toContain('Too many authentication failures');
  });

  it('end soon for a client that guesses passwords at full speed', async () => {
    const { port } = await start({ password: true });
    const script = [
      'import sys, paramiko',
      `transport = paramiko.Transport(("127.0.0.1", ${port}))`,
      'transport.start_client(timeout=10)',
      'tries = 0',
      'try:',
      '    while tries < 200:',
      '        tries += 1',
      '        try:',
      `            transport.auth_password("${USER}", f"guess {tries}", fallback=False)`,
      '        except paramiko.AuthenticationException:',
      '            if not transport.is_active(): break',
      'except Exception as error:',
      '    print(type(error).__name__, file=sys.stderr)',
      'print(tries)',
    ].join('\n');
    const { stdout } = await runProgram(clientPaths().python, ['-c', script]);
    expect(Number(stdout.toString())).toBe(6);
  });
});

describe('the login grace time', () => {
  const GRACE_MS = 1500;
  const endOf = (socket: Socket): Promise<number> => {
    const began = performance.now();
    socket.on('error', () => undefined).resume();
    return new Promise((resolve) => socket.once('close', () => resolve(performance.now() - began)));
  };

  it.each<[string, (socket: Socket) => void]>([
    ['sends nothing', () => undefined],
    ['sends only its identification', (socket) => socket.write('SSH-2.0-silent\r\n')],
    [
      'sends its identification slowly, byte by byte',
      (socket) => {
        const timer = setInterval(() => socket.write('S'), 200);
        socket.once('close', () => clearInterval(timer));
      },
    ],
  ])('ends for a client that %s', async (_title, act) => {
    const { port } = await start({ password: true }, { graceMs: GRACE_MS });
    const socket = connect(port, '127.0.0.1');
    act(socket);
    const elapsed = await endOf(socket);
    expect(elapsed).toBeGreaterThan(GRACE_MS - 100);
    expect(elapsed).toBeLessThan(GRACE_MS + 3000);
  });

  it('ends while the user of OpenSSH has not typed the password', async () => {
    const { port, connections } = await start({ password: true }, { graceMs: GRACE_MS });
    const ask = join(folder, 'askpass');
    await writeFile(ask, `#!/bin/sh\nsleep 5\necho ${PASSWORD}\n`);
    await chmod(ask, 0o755);
    const login = { kind: 'password', password: '' } as const;
    const child = spawn('ssh', [...openSshOptions({ port, user: USER, login }), '127.0.0.1', 'true'], {
      stdio: 'ignore',
      env: { ...process.env, SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force' },
    });
    await expect.poll(() => connections[0]?.end?.message, { timeout: 4500 }).toContain('Timeout before authentication');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(255);
  });
});

describe('authentication methods', () => {
  it('can be unknown: the client receives the known ones and can use them on the same connection', async () => {
    const { port, last } = await start({ password: true });
    const socket = connect(port, '127.0.0.1');
    const answers: Buffer[] = [];
    const begin = (method: string): SshWriter =>
      new SshWriter(128).writeByte(50).writeString(USER).writeString('ssh-connection').writeString(method);
    const service = new SshWriter(32).writeByte(5).writeString('ssh-userauth').finish();
    const requests = [
      service,
      begin('gssapi-with-mic').writeUint32(1).writeString(Buffer.from('06092a864886f712010202', 'hex')).finish(),
      service,
      begin('hostbased').writeString('ssh-ed25519').writeString('').writeString('here').writeString('me').writeString('').finish(),
      begin('password').writeBoolean(false).writeString(PASSWORD).finish(),
    ];
    const transport: SshTransport = new SshTransport(
      socket,
      { side: { role: 'client', verifyHostKey: () => true }, crypto },
      {
        ready: () => transport.send(requests.shift()!),
        packet: (_type, payload) => {
          answers.push(Buffer.from(payload));
          const next = requests.shift();
          if (next !== undefined) transport.send(next);
          return true;
        },
        closed: () => undefined,
      },
    );
    await expect.poll(() => answers.map(([type]) => type), { timeout: 5000 }).toEqual(expect.arrayContaining([52]));
    expect(answers.map(([type]) => type).slice(0, 5)).toEqual([6, 51, 6, 51, 52]);
    expect(new SshReader(answers[1]!, 1).readString().toString()).toBe('password');
    expect(last().logins).toEqual([{ method: 'password' }]);
    socket.destroy();
  });

  it('can be required one after the other: a key, then a password', async () => {
    const { port, last } = await start({ keys: [user.key.publicKey], needsBoth: true });
    const args = [
      '-F',
      'none',
      '-p',
      String(port),
      '-i',
      user.openSsh,
      '-o',
      'IdentityAgent=none',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      `${USER}@127.0.0.1`,
      'echo both',
    ];
    const both = await runProgram('sshpass', ['-e', 'ssh', ...args], { env: { SSHPASS: PASSWORD } });
    expect([both.status, both.stdout.toString()]).toEqual([0, 'both\n']);
    expect(last().logins).toEqual([{ method: 'password' }]);
    const passwordOnly = await runProgram('sshpass', ['-e', 'ssh', '-o', 'PubkeyAuthentication=no', ...args], {
      env: { SSHPASS: PASSWORD },
    });
    expect(passwordOnly.status).toBe(255);
  });
});

describe('the server offers OpenSSH', () => {
  const listen = async (): Promise<string> => {
    const { port } = await start({ keys: [user.key.publicKey] });
    const login = { kind: 'key', key: user } as const;
    return (await runProgram('ssh', ['-o', 'LogLevel=DEBUG2', ...openSshOptions({ port, user: USER, login }), '127.0.0.1', 'true'])).stderr;
  };

  it('server-sig-algs with every modern algorithm, FIDO included, and none with SHA-1', async () => {
    const [, list] = /server-sig-algs=<([^>]*)>/.exec(await listen()) ?? [];
    expect(list?.split(',').sort()).toEqual(
      [
        'ssh-ed25519',
        'sk-ssh-ed25519@openssh.com',
        'ecdsa-sha2-nistp256',
        'ecdsa-sha2-nistp384',
        'ecdsa-sha2-nistp521',
        'sk-ecdsa-sha2-nistp256@openssh.com',
        'rsa-sha2-512',
        'rsa-sha2-256',
      ].sort(),
    );
  });

  it('host keys of three types, modern algorithms only, no compression, strict key exchange', async () => {
    const heard = (await listen()).split('peer server KEXINIT proposal')[1]!;
    const listOf = (title: string): string[] => new RegExp(`debug2: ${title}: (.*)`).exec(heard)![1]!.trim().split(',');
    const offer = modernOffer(crypto);
    expect(listOf('host key algorithms').sort()).toEqual(['ecdsa-sha2-nistp256', 'rsa-sha2-256', 'rsa-sha2-512', 'ssh-ed25519']);
    expect(listOf('KEX algorithms')).toEqual([...offer.kex, 'ext-info-s', 'kex-strict-s-v00@openssh.com']);
    expect(listOf('ciphers stoc')).toEqual(offer.ciphers);
    expect(listOf('ciphers stoc')).toEqual(expect.arrayContaining(['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr']));
    expect(listOf('MACs stoc')).toEqual(offer.macs);
    expect(listOf('compression stoc')).toEqual(['none']);
    expect([...offer.kex, ...offer.ciphers, ...offer.macs].filter((name) => /sha1|md5|cbc|group1-|3des|rc4/.test(name))).toEqual([]);
  });

  it('its host keys to ssh-keyscan', async () => {
    const { port } = await start({ password: true });
    const { stdout } = await runProgram('ssh-keyscan', ['-p', String(port), '127.0.0.1']);
    const blobs = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[2])
      .sort();
    expect(blobs).toEqual(host.map(({ publicKey }) => publicKey.blob.toString('base64')).sort());
  });
});
