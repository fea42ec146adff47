import { spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort, listenBelow } from './free-port.ts';
import { SoftwareAuthenticator } from './keys/software-authenticator.ts';
import { startTestAgent } from './keys/test-agent.ts';
import { makeUserKey } from './keys/user-key.ts';
import { HOST, RelaySetup } from './relay/relay-setup.ts';
import { mustRun } from './run-program.ts';

let setup: RelaySetup;
let folder: string;
const running: ChildProcess[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  setup = await RelaySetup.create();
  folder = await mkdtemp(join(tmpdir(), 'conformance-forwards-'));
  await chmod(folder, 0o777);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
  for (const server of servers.splice(0)) server.close();
});
afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

const serve = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  servers.push(server);
  return listenBelow(server);
};

/** Starts ssh with a forward and waits until the forward is active. */
const forward = async (args: readonly string[], isUp: () => Promise<boolean>): Promise<ChildProcess> => {
  const child = setup.start(['-N', '-o', 'ExitOnForwardFailure=yes', ...args, HOST]);
  running.push(child);
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await isUp()) return child;
    await wait(25);
  }
  throw new Error(`ssh ${args.join(' ')} does not forward`);
};

const listensOn = (port: number) => (): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(port, HOST, () => {
      probe.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

/** Connects, sends the data and EOF, and reads until EOF. */
const exchange = (where: { port: number } | { path: string }, sent: Buffer | string, sendsAfterEnd = false): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...where, ...('port' in where && { host: HOST }), allowHalfOpen: true } as never);
    const received: Buffer[] = [];
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => received.push(bytes));
    if (!sendsAfterEnd) socket.end(sent);
    socket.on('end', () => {
      if (sendsAfterEnd) socket.end(sent);
      resolve(Buffer.concat(received).toString());
    });
  });

/** Starts a server that sends EOF at once and counts the bytes that it then receives. */
const earlyEofServer = async (): Promise<{ port: number; received: Promise<number> }> => {
  let arrived: (size: number) => void = () => undefined;
  const received = new Promise<number>((resolve) => (arrived = resolve));
  const port = await serve((socket) => {
    let size = 0;
    socket.end('bye');
    socket.on('data', (bytes: Buffer) => (size += bytes.length));
    socket.on('end', () => size > 0 && arrived(size));
    socket.on('error', () => undefined);
  });
  return { port, received };
};

describe('half-close: the far side sends EOF first and keeps reading', () => {
  it('-L delivers later data', async () => {
    const far = await earlyEofServer();
    const local = await freePort();
    await forward(['-L', `${local}:${HOST}:${far.port}`], listensOn(local));
    expect(await exchange({ port: local }, Buffer.alloc(200_000), true)).toBe('bye');
    expect(await far.received).toBe(200_000);
  });
});

describe('half-close: the near side sends EOF first and keeps reading', () => {
  it('-L returns later data of the far side', async () => {
    const port = await serve((socket) => socket.resume().on('end', () => socket.end(Buffer.alloc(200_000, 'x'))));
    const local = await freePort();
    await forward(['-L', `${local}:${HOST}:${port}`], listensOn(local));
    expect((await exchange({ port: local }, 'go')).length).toBe(200_000);
  });

  it('-W returns later data of the far side', async () => {
    const port = await serve((socket) => socket.resume().on('end', () => socket.end(Buffer.alloc(200_000, 'x'))));
    const { status, stdout } = await setup.ssh('relay', ['-W', `${HOST}:${port}`, HOST], { input: 'go' });
    expect([status, stdout.length]).toEqual([0, 200_000]);
  });
});

describe('forwards', () => {
  it('-W carries both directions', async () => {
    const port = await serve((socket) => socket.pipe(socket));
    const { status, stdout } = await setup.ssh('relay', ['-W', `${HOST}:${port}`, HOST], { input: 'to and fro' });
    expect([status, stdout.toString()]).toEqual([0, 'to and fro']);
  });

  it('a refused connection is reported as without the relay', async () => {
    const port = await freePort();
    const [direct, relay] = [
      await setup.ssh('direct', ['-W', `${HOST}:${port}`, HOST]),
      await setup.ssh('relay', ['-W', `${HOST}:${port}`, HOST]),
    ];
    expect([relay.status, relay.stderr]).toEqual([direct.status, direct.stderr]);
  });

  it('-J: a second ssh inside the first', async () => {
    const jump = `ssh ${setup.options('relay').join(' ')} -W %h:%p ${HOST}`;
    const { stdout } = await setup.ssh('direct', ['-o', `ProxyCommand=${jump}`, HOST, 'echo inside']);
    expect(stdout.toString()).toBe('inside\n');
  });

  it('-L: many concurrent connections', async () => {
    const port = await serve((socket) => socket.pipe(socket));
    const local = await freePort();
    await forward(['-L', `${local}:${HOST}:${port}`], listensOn(local));
    const texts = Array.from({ length: 20 }, (_, index) => `connection ${index} `.repeat(5000));
    expect(await Promise.all(texts.map((text) => exchange({ port: local }, text)))).toEqual(texts);
  });

  it('-L of a unix socket at the asset', async () => {
    const path = join(folder, 'far.sock');
    const server = createServer((socket) => socket.end('from a socket'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await chmod(path, 0o777);
    const local = await freePort();
    await forward(['-L', `${local}:${path}`], listensOn(local));
    expect(await exchange({ port: local }, '')).toBe('from a socket');
  });

  it('-R 0: the client receives the port, and concurrent connections are forwarded', async () => {
    const port = await serve((socket) => socket.pipe(socket));
    const client = setup.start(['-v', '-N', '-R', `0:${HOST}:${port}`, HOST]);
    running.push(client);
    const bound = await new Promise<number>((resolve) => {
      let text = '';
      client.stderr!.on('data', (bytes: Buffer) => {
        text += bytes.toString();
        const [, number] = /Allocated port (\d+) for remote forward/.exec(text) ?? [];
        if (number !== undefined) resolve(Number(number));
      });
    });
    const texts = ['one', 'two', 'three'];
    expect(await Promise.all(texts.map((text) => exchange({ port: bound }, text)))).toEqual(texts);
  });

  it('-R of a port that the asset refuses fails for the client, as without the relay', async () => {
    const args = ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', `1:${HOST}:1`, HOST];
    const [direct, relay] = [await setup.ssh('direct', args), await setup.ssh('relay', args)];
    expect([relay.status, relay.stderr]).toEqual([direct.status, direct.stderr]);
  });

  it('-R of a unix socket at the asset', async () => {
    const port = await serve((socket) => socket.end('through a socket'));
    const path = join(setup.home, 'remote.sock');
    await forward(['-R', `${path}:${HOST}:${port}`], async () => spawnSync('test', ['-S', path]).status === 0);
    expect(await exchange({ path }, '')).toBe('through a socket');
  });
});

describe('agent forwarding through the relay', () => {
  it('lists keys and signs at the asset, and is off unless requested', async () => {
    const key = await makeUserKey(folder, 'ed25519', 'agent-key');
    const socket = join(folder, 'agent.sock');
    const agent = spawnSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(agent.stdout)![1]);
    const env = { SSH_AUTH_SOCK: socket };
    try {
      await mustRun('ssh-add', ['-q', key.openSsh], { env });
      const publicKey = await readFile(`${key.openSsh}.pub`, 'utf8');
      const command = `cat > key.pub && ssh-add -L && ssh-add -T key.pub && echo signed`;
      const forwarded = await setup.ssh('relay', ['-A', HOST, command], { env, input: publicKey });
      expect([forwarded.status, forwarded.stdout.toString()]).toEqual([0, `${publicKey}signed\n`]);
      const without = await setup.ssh('relay', ['-a', HOST, 'echo ${SSH_AUTH_SOCK:-none}'], { env });
      expect(without.stdout.toString()).toBe('none\n');
    } finally {
      process.kill(pid);
    }
  });

  it('forwards a FIDO key', async () => {
    const authenticator = new SoftwareAuthenticator('ed25519');
    const agent = await startTestAgent(join(folder, 'fido.sock'), [authenticator]);
    const { stdout } = await setup.ssh('relay', ['-A', HOST, 'ssh-add -L'], { env: { SSH_AUTH_SOCK: agent.path } });
    agent.close();
    expect(stdout.toString()).toContain(authenticator.publicKey.blob.toString('base64'));
  });
});
