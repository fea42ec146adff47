import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { systemClock } from '@sallyport/context';
import { connectSsh, selectCrypto, type Channel, type SshConnection } from '@sallyport/ssh';
import { anSshd, type TestSshd } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChannelRelay, type RelayObserver } from '../src/channels/relay.js';
import { createSshDialer, createSshServer, readHostKeys, type ChannelOpenRequest, type SshServer } from '../src/ssh/index.js';

let sshd: TestSshd;
let echo: Server;
let listener: Server;
let gate: SshServer;
let client: SshConnection;
/** The observations of the last relay. */
let seen: { input: number; output: number; isRecorded: boolean };
let relay: ChannelRelay;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Counts bytes, and lets no request pass. */
const counting = (): RelayObserver => ({
  onInput: (data) => void (seen.input += data.length),
  onOutput: (data) => void (seen.output += data.length),
  mayPass: () => false,
  hasRoom: () => true,
  whenRoom: () => Promise.resolve(),
  onOver: () => Promise.resolve().then(() => void (seen.isRecorded = true)),
});

/** Opens the same kind of channel on the asset and relays to it. */
async function relayToAsset(request: ChannelOpenRequest): Promise<void> {
  const dialer = createSshDialer({ clock: systemClock, timeoutMs: 5_000, loginMs: 10_000, keepaliveMs: 30_000 });
  const [login] = sshd.logins;
  const credential = { username: login.username, secret: { kind: 'private-key' as const, pem: login.privateKey } };
  const target = { host: '127.0.0.1', port: sshd.port, preferredHostKeys: [], signal: AbortSignal.timeout(10_000) };
  const asset = await (await dialer.dial(target, credential, () => Promise.resolve())).openChannel(request.kind);
  relay = new ChannelRelay({ client: request.accept(), asset, keepsClient: false }, counting());
}

beforeAll(async () => {
  sshd = await anSshd();
  echo = createServer((socket) => socket.pipe(socket));
  await listen(echo);
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  gate = createSshServer<string>(
    {
      hostKeys: await readHostKeys([pem]),
      loginGraceSeconds: 20,
      maxAuthTries: 6,
      maxSessions: 10,
      unusedTimeoutSeconds: 0,
      keepaliveMs: 30_000,
      authenticator: () => ({
        methods: () => ['password'],
        attempt: () => Promise.resolve({ kind: 'signed-in', identity: 'alice' }),
        unproven: () => undefined,
        closed: () => undefined,
      }),
      onConnection: (connection) =>
        connection.attach({
          onChannelOpen: (request) => void relayToAsset(request),
          onGlobalRequest: () => undefined,
          onClose: () => undefined,
        }),
      onClosedBeforeLogin: () => undefined,
    },
    systemClock,
  );
  listener = createServer((socket) => gate.serve(socket));
  await listen(listener);
  client = await connectSsh(connect({ host: '127.0.0.1', port: portOf(listener) }), {
    crypto: selectCrypto(),
    user: 'alice',
    methods: [{ method: 'password', password: 'any' }],
    verifyHostKey: () => true,
  });
});
afterAll(async () => {
  client.disconnect();
  await gate.close('done');
  listener.close();
  echo.close();
  await sshd.remove();
});

/** Opens a forward to the echo server, sends the bytes and EOF, and resolves to what comes back. */
async function roundTrip(bytes: Buffer): Promise<Buffer> {
  seen = { input: 0, output: 0, isRecorded: false };
  const received: Buffer[] = [];
  const closed = Promise.withResolvers<void>();
  let isClosing = false;
  const kind = { kind: 'direct-tcpip' as const, target: { host: '127.0.0.1', port: portOf(echo) }, origin: { host: '127.0.0.1', port: 1 } };
  let sent = 0;
  const send = (): void => {
    while (sent < bytes.length) {
      const taken = channel.send(bytes.subarray(sent, sent + 32_768), 0);
      if (taken === 0) return;
      sent += taken;
    }
    if (!isClosing) channel.sendEof();
    isClosing = true;
  };
  const channel: Channel = await client.openChannel(kind, {
    data: (data) => {
      received.push(Buffer.from(data));
      channel.consume(data.length);
    },
    writable: () => send(),
    eof: () => channel.close(),
    closed: () => closed.resolve(),
  });
  send();
  await closed.promise;
  return Buffer.concat(received);
}

it('a channel that is not a session is relayed whole, in both directions, and ends with the asset’s', async () => {
  const bytes = randomBytes(3_000_000);
  const received = await roundTrip(bytes);
  expect(received.equals(bytes)).toBe(true);
  await Promise.all([relay.done, relay.left]);
  expect(seen).toEqual({ input: bytes.length, output: bytes.length, isRecorded: true });
  expect(relay.isOver).toBe(true);
});
