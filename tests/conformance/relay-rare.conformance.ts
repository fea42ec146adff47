import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectSsh,
  parsePrivateKey,
  selectCrypto,
  SshWriter,
  type Channel,
  type ChannelRequestDetails,
  type SshConnection,
} from '@sallyport/ssh';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeUserKey, type UserKey } from './keys/user-key.ts';
import { clientPaths } from './client-paths.mjs';
import { HOST, RelaySetup, type Way } from './relay/relay-setup.ts';
import { runProgram } from './run-program.ts';

let setup: RelaySetup;
let folder: string;
let key: UserKey;
const connections: SshConnection[] = [];

beforeAll(async () => {
  setup = await RelaySetup.create();
  folder = await mkdtemp(join(tmpdir(), 'conformance-rare-'));
  key = await makeUserKey(folder, 'ed25519');
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.disconnect();
});
afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

/** Logs in with the engine's client, which can send any request. */
const logIn = async (way: Way): Promise<SshConnection> => {
  const { username, privateKey } = setup.sshd.logins[0];
  const socket = connect(way === 'relay' ? setup.relay.port : setup.sshd.port, HOST);
  const signer = await parsePrivateKey(privateKey);
  const connection = await connectSsh(socket, {
    crypto: selectCrypto(),
    software: 'OpenSSH_like',
    user: username,
    methods: [{ method: 'publickey', signer }],
    verifyHostKey: () => true,
  });
  connections.push(connection);
  return connection;
};

interface Session {
  readonly channel: Channel;
  readonly requests: ChannelRequestDetails[];
  readonly closed: Promise<void>;
  /** Resolves at the first output of the program. */
  readonly firstOutput: Promise<void>;
}

const openSession = async (connection: SshConnection): Promise<Session> => {
  const requests: ChannelRequestDetails[] = [];
  let resolveClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve));
  let resolveFirstOutput: () => void = () => undefined;
  const firstOutput = new Promise<void>((resolve) => (resolveFirstOutput = resolve));
  const channel: Channel = await connection.openChannel(
    { kind: 'session' },
    {
      data: (bytes) => {
        channel.consume(bytes.length);
        resolveFirstOutput();
      },
      request: ({ details }) => {
        requests.push(details);
        return true;
      },
      closed: () => resolveClosed(),
    },
  );
  return { channel, requests, closed, firstOutput };
};

const exec = async ({ channel }: Session, command: string): Promise<void> => {
  expect(await channel.request({ kind: 'exec', command: Buffer.from(command) })).toBe(true);
};

/** Returns the responses without and with the relay. */
const answersOf = async <T>(ask: (connection: SshConnection) => Promise<T>): Promise<[T, T]> => [
  await ask(await logIn('direct')),
  await ask(await logIn('relay')),
];

describe('a rare request is answered as without the relay:', () => {
  const size = { columns: 80, rows: 24, widthPixels: 0, heightPixels: 0 };
  const cases: readonly (readonly [string, boolean, ChannelRequestDetails])[] = [
    ['a break on a terminal', true, { kind: 'break', lengthMs: 500 }],
    ['a break without a terminal', false, { kind: 'break', lengthMs: 500 }],
    ['an unknown request', false, { kind: 'other', name: 'nobody-knows@example.com', body: Buffer.from('?') }],
    ['a second command on one channel', false, { kind: 'exec', command: Buffer.from('true') }],
    ['a signal', false, { kind: 'signal', signal: 'USR1' }],
  ];

  it.each(cases)('%s', async (_name, hasTerminal, details) => {
    const [direct, relay] = await answersOf(async (connection) => {
      const session = await openSession(connection);
      if (hasTerminal) await session.channel.request({ kind: 'pty-req', term: 'xterm', modes: Buffer.alloc(1), ...size });
      await exec(session, 'trap "" USR1; echo ready; cat');
      await session.firstOutput;
      const answer = await session.channel.request(details);
      session.channel.sendEof();
      if (!hasTerminal) await session.closed;
      return { answer, requests: hasTerminal ? [] : session.requests };
    });
    expect(relay).toEqual(direct);
  });

  it('an unknown global request and an unknown channel type', async () => {
    const [direct, relay] = await answersOf(async (connection) => ({
      request: await connection.request({ kind: 'other', name: 'nobody-knows@example.com', body: Buffer.from('?') }),
      open: await connection.openChannel({ kind: 'other', name: 'nobody-knows@example.com', body: Buffer.from('?') }, {}).then(
        () => 'opened',
        (error: Error) => error.name,
      ),
    }));
    expect(relay).toEqual(direct);
  });
});

describe('a client that stops reading', () => {
  it('ends the writing program and receives its exit signal (eow@openssh.com)', async () => {
    const [direct, relay] = await answersOf(async (connection) => {
      const session = await openSession(connection);
      await exec(session, 'yes');
      await session.firstOutput;
      session.channel.notify({ kind: 'eow@openssh.com' });
      await session.closed;
      return session.requests;
    });
    expect(relay).toEqual(direct);
  });

  it('ends it like OpenSSH in a pipe', async () => {
    const line = `ssh ${setup.options('relay').join(' ')} ${HOST} yes | head -n 1`;
    const { status, stdout } = await runProgram('sh', ['-c', line], { timeoutMs: 20_000 });
    expect([status, stdout.toString()]).toEqual([0, 'y\n']);
  });
});

describe('an unknown message', () => {
  it('is answered with UNIMPLEMENTED, and the connection stays open', async () => {
    const script = [
      'import asyncio, asyncssh',
      'async def main():',
      `    async with asyncssh.connect("127.0.0.1", ${setup.relay.port}, username="anybody", client_keys=["${key.openSsh}"], known_hosts=None, config=None) as conn:`,
      '        heard, process = [], conn.process_packet',
      '        def note(pkttype, pktid, packet):',
      '            heard.append(pkttype)',
      '            return process(pkttype, pktid, packet)',
      '        conn.process_packet = note',
      '        conn.send_packet(200, b"what is this")',
      '        result = await conn.run("echo still here")',
      '        print(heard.count(3), result.stdout, end="")',
      'asyncio.run(main())',
    ].join('\n');
    const { stdout, stderr } = await runProgram(clientPaths().python, ['-c', script]);
    expect([stdout.toString(), stderr]).toEqual(['1 still here\n', '']);
  });
});

describe('bytes that are not SSH', () => {
  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['SSH 1', 'SSH-1.5-old\r\n'],
    ['an endless line', 'SSH-2.0-'.padEnd(2000, 'x')],
    [
      'a first packet with a false length',
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), new SshWriter(8).writeUint32(0xffffffff).finish(), Buffer.alloc(64)]),
    ],
  ])(
    '%s: the connection ends soon, and others are served',
    async (_name, bytes) => {
      const socket = connect(setup.relay.port, HOST);
      socket.on('error', () => undefined);
      const ended = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      socket.write(bytes);
      await ended;
      expect((await setup.ssh('relay', [HOST, 'echo served'])).stdout.toString()).toBe('served\n');
    },
    15_000,
  );
});
