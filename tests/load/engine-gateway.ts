// The engine alone as a gateway: the holder of one key is logged in, every login dials one target and every channel is relayed.
// Rules and recording are left out.
//   node --expose-gc tests/load/engine-gateway.ts '{"targetPort": 2222, "targetUser": "x", "keyFile": "…", "crypto": "auto", "isHashing": false}'
// Prints its port, and "blocked" for each turn of its event loop that used the processor for more than 50 ms. SIGUSR2 collects garbage, so
// that memory can be compared.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  connectSsh,
  parsePrivateKey,
  privateKeyFromKeyObject,
  relayOpen,
  selectCrypto,
  serveSsh,
  type ConnectionHandler,
  type IncomingChannel,
  type RelayOptions,
  type ServerApplication,
  type ServerAuthenticator,
  type SshConnection,
} from '@sallyport/ssh';
import type { EngineGatewayOptions } from './start-engine-gateway.ts';

const BLOCK_MS = 50;
/** The interval of the timer that measures blocks. Several turns of the loop in an interval use less than it together. */
const CHECK_MS = 20;

const options = JSON.parse(process.argv[2] ?? '{}') as EngineGatewayOptions;
const crypto = selectCrypto(options.crypto);
const key = await parsePrivateKey(readFileSync(options.keyFile));
const identities = [generateKeyPairSync('ed25519'), generateKeyPairSync('rsa', { modulusLength: 3072 })].map(({ privateKey }) => ({
  signer: privateKeyFromKeyObject(privateKey),
}));

const authenticator: ServerAuthenticator = {
  methods: () => ['publickey'],
  acceptsKey: (query) => query.key.blob.equals(key.publicKey.blob),
  decide: (attempt) =>
    attempt.method === 'publickey' && attempt.proven.key.blob.equals(key.publicKey.blob)
      ? { kind: 'success' }
      : { kind: 'failure', methods: ['publickey'] },
};

const application: ServerApplication = {
  authenticator: () => authenticator,
  loggedIn: (client) => {
    const dialled = dial(client);
    dialled.catch(() => client.disconnect());
    return {
      channelOpen: (incoming) => void dialled.then((target) => relay(incoming, target)).catch(() => client.disconnect()),
      closed: () => void dialled.then((target) => target.disconnect()).catch(() => undefined),
    } satisfies ConnectionHandler;
  },
};

async function dial(client: SshConnection): Promise<SshConnection> {
  const socket = await connected(options.targetPort);
  const login = { crypto, user: options.targetUser, methods: [{ method: 'publickey' as const, signer: key }], verifyHostKey: () => true };
  return connectSsh(socket, login, { closed: () => client.disconnect() });
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}

const relay = (incoming: IncomingChannel, target: SshConnection): Promise<unknown> =>
  relayOpen(incoming, target, { askedBy: 'client', ...watchers() });

function watchers(): RelayOptions {
  if (!options.isHashing) return {};
  const hashes = { input: createHash('sha256'), output: createHash('sha256') };
  return { taps: [{ data: (direction, bytes) => void hashes[direction].update(bytes) }] };
}

const server = createServer({ noDelay: true }, (socket) => {
  void serveSsh(socket, { crypto, identities }, { ...application, source: socket.remoteAddress ?? '' });
});
server.listen(options.port ?? 0, '127.0.0.1', () =>
  console.log(`listening ${(server.address() as AddressInfo).port} ${crypto.description}`),
);
let used = process.threadCpuUsage();
setInterval(() => {
  // Timers run once per turn, so the loop's own processor time since the last run is that of one turn; a busy machine does not count.
  const { user, system } = process.threadCpuUsage(used);
  if (user + system > BLOCK_MS * 1000) console.log('blocked');
  used = process.threadCpuUsage();
}, CHECK_MS);
process.on('SIGUSR2', () => globalThis.gc?.());
process.on('SIGTERM', () => process.exit(0)); // a regular exit, so that --cpu-prof writes its profile
