import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crypto, ecdsaHostKey, hostKey, sha256 } from '../connection/loopback.suite.js';
import {
  makeKeyFolder,
  runProgram,
  runSsh,
  sshOptions,
  startOpenSshServer,
  type KeyFolder,
  type OpenSshServer,
} from '../connection/openssh.suite.js';
import { deferred } from '../transport/deferred.suite.js';
import { startGateway, type TestGateway } from './gateway.suite.js';
import { memoryInUse } from '../connection/memory-in-use.suite.js';
import { untilStill } from '../connection/ping.suite.js';

let folder: KeyFolder;
let sshd: OpenSshServer;
let gateway: TestGateway;

const LOGIN = 'x@127.0.0.1';

beforeAll(async () => {
  folder = await makeKeyFolder();
  sshd = await startOpenSshServer(folder, ['ClientAliveInterval 1', 'ClientAliveCountMax 2']);
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

/** Runs ssh through the gateway and without it. */
const both = async (args: readonly string[], input: Buffer | string = '') => {
  const through = await runSsh(folder, gateway.port, args, input);
  const direct = await runSsh(
    folder,
    sshd.port,
    args.map((arg) => (arg === LOGIN ? `${sshd.user}@127.0.0.1` : arg)),
    input,
  );
  return { through, direct };
};

const ssh = (args: readonly string[]): ChildProcess =>
  spawn('ssh', [...sshOptions(folder, gateway.port), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });

const listen = async (onSocket: (socket: Socket) => void): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Starts ssh with a forward and waits until its local port accepts connections. */
const forwarding = async (args: readonly string[], port: number): Promise<ChildProcess> => {
  const child = ssh(['-N', ...args, LOGIN]);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      probe.on('connect', () => probe.destroy());
    });
    if (isUp) return child;
    await wait(25);
  }
  throw new Error('ssh does not forward within 5 s');
};

describe('OpenSSH through a relay behaves as without it:', () => {
  it.each([
    ['an exit status', 'echo out; echo err >&2; exit 7', ''],
    ['a signal', 'kill -9 $$', ''],
    ['input and its EOF', 'cat; echo end', 'input\n'],
    ['input that the command does not read', 'true', 'x'.repeat(1_000_000)],
    ['output closed early', 'exec >&-; sleep 0.2; exit 3', ''],
    ['a program in the background', 'sleep 0.5 >/dev/null 2>&1 & echo done', ''],
    ['binary', 'head -c 100000 /dev/zero | tr "\\0" "\\377"', ''],
    ['a first byte of 3', 'od -An -tx1', Buffer.from([3, 4, 0, 255]).toString('latin1')],
  ])('%s', async (_name, command, input) => {
    const { through, direct } = await both([LOGIN, command], Buffer.from(input, 'latin1'));
    expect([through.status, sha256(through.stdout)]).toEqual([direct.status, sha256(direct.stdout)]);
  });

  it('terminal modes, size and type', async () => {
    const command = 'stty -a; echo TERM=$TERM; tty >/dev/null && echo is a tty';
    const run = async (port: number, login: string): Promise<string> => {
      const line = `stty rows 33 cols 101 erase ^H -ixon; ssh ${sshOptions(folder, port).join(' ')} -tt ${login} '${command}'`;
      const { stdout } = await runProgram('script', ['-qec', line, '/dev/null'], '', {
        ...process.env,
        TERM: 'xterm-256color',
        SHELL: '/bin/sh',
      });
      return stdout
        .toString()
        .replace(/^.*?(speed)/s, '$1')
        .replace(/Connection to .* closed\.\s*/, '');
    };
    const through = await run(gateway.port, LOGIN);
    expect(through).toContain('erase = ^H');
    expect(through).toContain('-ixon');
    expect(through).toContain('rows 33; columns 101');
    expect(through).toBe(await run(sshd.port, `${sshd.user}@127.0.0.1`));
  });

  it('environment variables of the client', async () => {
    const { stdout } = await runProgram(
      'ssh',
      [...sshOptions(folder, gateway.port), '-o', 'SendEnv=SALLY_*', LOGIN, 'echo $SALLY_PORT'],
      '',
      { ...process.env, SALLY_PORT: 'yes' },
    );
    expect(stdout.toString()).toBe('yes\n');
  });

  it('20 MB of stderr to a slow reader, then an exit status', async () => {
    const child = ssh([LOGIN, 'head -c 20000000 /dev/zero >&2; exit 9']);
    child.stdout!.resume();
    let size = 0;
    const status = deferred<number | null>();
    child.on('close', status.resolve);
    child.stderr!.on('data', (bytes: Buffer) => {
      size += bytes.length;
      child.stderr!.pause();
      setTimeout(() => child.stderr!.resume(), 1);
    });
    expect(await status.promise).toBe(9);
    expect(size).toBeGreaterThanOrEqual(20_000_000);
  });

  it('five concurrent sessions of one connection', async () => {
    const control = join(folder.path, 'control');
    const master = ssh(['-M', '-S', control, '-N', LOGIN]);
    await expect.poll(() => spawnSync('ssh', ['-S', control, '-O', 'check', LOGIN]).status, { timeout: 10_000 }).toBe(0);
    const runs = await Promise.all(
      [1, 2, 3, 4, 5].map((number) =>
        runProgram('ssh', ['-S', control, LOGIN, `sleep 0.1; cat; exit ${number}`], Buffer.alloc(500_000, String(number))),
      ),
    );
    expect(runs.map(({ status, stdout }) => [status, stdout.length, String.fromCharCode(stdout[0]!)])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [number, 500_000, String(number)]),
    );
    spawnSync('ssh', ['-S', control, '-O', 'exit', LOGIN]);
    master.kill();
  });

  it('100 MB in both directions at once', async () => {
    const input = Buffer.alloc(100_000_000, 'sallyport ');
    const { stdout, status } = await runSsh(folder, gateway.port, [LOGIN, 'cat'], input);
    expect([status, sha256(stdout)]).toEqual([0, sha256(input)]);
  });

  it('an unknown subsystem', async () => {
    const { through, direct } = await both(['-s', LOGIN, 'no-such-thing']);
    expect([through.status, through.stderr.includes('subsystem request failed')]).toEqual([direct.status, true]);
  });

  it.each([
    ['sftp', ['-q']],
    ['the old scp protocol', ['-q', '-O']],
  ])('scp in both directions over %s', async (_name, flags) => {
    const bytes = randomBytes(5_000_000);
    const here = join(folder.path, 'here');
    const there = join(folder.path, 'there');
    mkdirSync(there, { recursive: true });
    writeFileSync(here, bytes);
    const options = sshOptions(folder, gateway.port).map((option) => (option === '-p' ? '-P' : option));
    const put = await runProgram('scp', [...flags, ...options, here, `${LOGIN}:${there}/file`]);
    const get = await runProgram('scp', [...flags, ...options, `${LOGIN}:${there}/file`, join(folder.path, 'back')]);
    expect([put.status, get.status]).toEqual([0, 0]);
    expect(readFileSync(join(folder.path, 'back')).equals(bytes)).toBe(true);
  });
});

describe('rekeying by either side under load', () => {
  const input = randomBytes(20_000_000);

  it.each(['aes128-gcm@openssh.com', 'aes256-ctr', 'chacha20-poly1305@openssh.com'])('loses nothing with %s', async (cipher) => {
    if (!crypto.ciphers.includes(cipher as never)) return;
    const { stdout, status } = await runSsh(folder, gateway.port, ['-c', cipher, '-o', 'RekeyLimit=2M', LOGIN, 'cat'], input);
    expect([status, sha256(stdout)]).toEqual([0, sha256(input)]);
  });

  it('loses nothing when the gateway rekeys every 10 ms on both sides', async () => {
    const timer = setInterval(() => {
      for (const { transport } of [...gateway.clients, ...gateway.targets]) transport.rekey();
    }, 10);
    const { stdout, status } = await runSsh(folder, gateway.port, [LOGIN, 'cat'], input);
    clearInterval(timer);
    expect([status, sha256(stdout)]).toEqual([0, sha256(input)]);
    expect(gateway.targets.at(-1)!.transport.keyExchanges).toBeGreaterThan(3);
  });
});

describe('forwards', () => {
  it('keep their other direction when one side ends first (half-close)', async () => {
    const sizes: number[] = [];
    const arrived = deferred();
    const server = await listen((socket) => {
      socket.end('bye');
      let size = 0;
      socket.on('data', (bytes) => (size += bytes.length));
      socket.on('end', () => {
        sizes.push(size);
        if (size > 0) arrived.resolve();
      });
    });
    const local = 20_000 + Math.floor(Math.random() * 10_000);
    const child = await forwarding(['-L', `${local}:127.0.0.1:${portOf(server)}`], local);
    const socket = connect({ port: local, host: '127.0.0.1', allowHalfOpen: true });
    const heard: Buffer[] = [];
    socket.on('data', (bytes) => heard.push(bytes));
    socket.on('end', () => socket.end(Buffer.alloc(200_000)));
    await arrived.promise;
    expect([Buffer.concat(heard).toString(), Math.max(...sizes)]).toEqual(['bye', 200_000]);
    child.kill();
    server.close();
  });

  it('-W, and a target that refuses', async () => {
    const server = await listen((socket) => socket.pipe(socket));
    const ok = await runSsh(folder, gateway.port, ['-W', `127.0.0.1:${portOf(server)}`, LOGIN], 'to and fro');
    expect([ok.status, ok.stdout.toString()]).toEqual([0, 'to and fro']);
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const refused = await runSsh(folder, gateway.port, ['-W', `127.0.0.1:${port}`, LOGIN]);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('Connection refused');
  });

  it('-L of a unix socket', async () => {
    const path = join(folder.path, 'listener.sock');
    const server = createServer((socket) => socket.end('from a socket'));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const local = 20_000 + Math.floor(Math.random() * 10_000);
    const child = await forwarding(['-L', `${local}:${path}`], local);
    const heard = deferred<string>();
    connect(local, '127.0.0.1').on('data', (bytes) => heard.resolve(bytes.toString()));
    expect(await heard.promise).toBe('from a socket');
    child.kill();
    server.close();
  });

  it('-R 0: the client receives the port, and connections are forwarded', async () => {
    const server = await listen((socket) => socket.end('come back'));
    const child = ssh(['-N', '-R', `0:127.0.0.1:${portOf(server)}`, LOGIN]);
    const port = deferred<number>();
    let text = '';
    child.stderr!.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const [, number] = /Allocated port (\d+) for remote forward/.exec(text) ?? [];
      if (number !== undefined) port.resolve(Number(number));
    });
    const heard = deferred<string>();
    connect(await port.promise, '127.0.0.1').on('data', (bytes) => heard.resolve(bytes.toString()));
    expect(await heard.promise).toBe('come back');
    child.kill();
    server.close();
  });

  it('-R of a unix socket', async () => {
    const server = await listen((socket) => socket.end('through a socket'));
    const path = join(folder.path, 'remote.sock');
    const child = ssh(['-N', '-R', `${path}:127.0.0.1:${portOf(server)}`, LOGIN]);
    const heard = deferred<string>();
    const attempt = (): void => {
      const socket = connect(path);
      socket.on('error', () => setTimeout(attempt, 50));
      socket.on('data', (bytes) => heard.resolve(bytes.toString()));
    };
    attempt();
    expect(await heard.promise).toBe('through a socket');
    child.kill();
    server.close();
  });

  it('agent forwarding', async () => {
    const agent = spawnSync('ssh-agent', ['-s']).stdout.toString();
    const [, path] = /SSH_AUTH_SOCK=([^;]+)/.exec(agent)!;
    const [, pid] = /SSH_AGENT_PID=(\d+)/.exec(agent)!;
    const env = { ...process.env, SSH_AUTH_SOCK: path };
    spawnSync('ssh-add', ['-q', folder.keyFile], { env });
    const through = await runProgram('ssh', ['-A', ...sshOptions(folder, gateway.port), LOGIN, 'ssh-add -L'], '', env);
    const without = await runProgram('ssh', ['-a', ...sshOptions(folder, gateway.port), LOGIN, 'ssh-add -L'], '', env);
    process.kill(Number(pid));
    expect(through.stdout.toString()).toBe(readFileSync(`${folder.keyFile}.pub`, 'utf8'));
    expect(without.stdout.toString()).not.toContain('ssh-ed25519');
  });
});

describe('an idle connection', () => {
  it('stays open while both ends send keepalives', async () => {
    const { status, stdout } = await runSsh(folder, gateway.port, [
      '-o',
      'ServerAliveInterval=1',
      '-o',
      'ServerAliveCountMax=2',
      LOGIN,
      'sleep 5; echo alive',
    ]);
    expect([status, stdout.toString()]).toEqual([0, 'alive\n']);
  });
});

describe('host keys', () => {
  it("the client learns all keys of the gateway and none of the asset's", async () => {
    const known = join(folder.path, 'learned');
    writeFileSync(known, `[127.0.0.1]:${gateway.port} ssh-ed25519 ${hostKey.publicKey.blob.toString('base64')}\n`);
    await runProgram('ssh', [
      '-o',
      `UserKnownHostsFile=${known}`,
      '-o',
      'UpdateHostKeys=yes',
      ...sshOptions(folder, gateway.port),
      LOGIN,
      'sleep 0.3',
    ]);
    const learned = readFileSync(known, 'utf8');
    expect(learned).toContain(ecdsaHostKey.publicKey.blob.toString('base64'));
    expect(learned).toContain('ssh-rsa');
    expect(learned).not.toContain(sshd.hostKeyBlob.toString('base64'));
  });
});

/** Returns the buffer memory in use. Buffers that are free but not collected do not count. */
const bufferBytes = async (): Promise<number> => (await memoryInUse()).arrayBuffers;

describe('a peer that does not read', () => {
  it('costs a bounded amount of memory, and the sender waits', async () => {
    const child = spawn('sh', ['-c', `exec ssh ${sshOptions(folder, gateway.port).join(' ')} ${LOGIN} 'sleep 100' < /dev/zero`], {
      stdio: 'ignore',
    });
    await expect.poll(() => gateway.relays.at(-1)?.waitingBytes('input'), { timeout: 10_000 }).toBeGreaterThan(0);
    const before = await bufferBytes();
    await untilStill(() => gateway.relays.at(-1)!.waitingBytes('input'), gateway.targets.at(-1)!);
    expect((await bufferBytes()) - before).toBeLessThan(8 * 1024 * 1024);
    expect(gateway.relays.at(-1)!.waitingBytes('input')).toBeLessThanOrEqual(2 * 1024 * 1024);
    child.kill();
  });
});
