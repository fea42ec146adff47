/** For tests: both roles of the engine over sockets on this machine. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ServerAuthenticator } from '../authentication/attempt.js';
import { selectCrypto } from '../crypto/index.js';
import { privateKeyFromKeyObject, type PrivateKey } from '../keys/index.js';
import { deferred } from '../transport/deferred.suite.js';
import type { SshTransport } from '../transport/ssh-transport.js';
import { connectSsh, type ClientOptions } from './ssh-client.js';
import type { ConnectionHandler, SshConnection } from './ssh-connection.js';
import { serveSsh, type ServerApplication, type ServerOptions } from './ssh-server.js';

export const crypto = selectCrypto();

const newKey = (type: 'ed25519' | 'p256' | 'rsa'): PrivateKey => {
  if (type === 'ed25519') return privateKeyFromKeyObject(generateKeyPairSync('ed25519').privateKey);
  if (type === 'p256') return privateKeyFromKeyObject(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  return privateKeyFromKeyObject(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
};

/** One key of each type, generated once per test file. */
export const hostKey = newKey('ed25519');
export const ecdsaHostKey = newKey('p256');
export const rsaHostKey = newKey('rsa');
export const userKey = newKey('ed25519');

export const PASSWORD = 'correct horse';

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Accepts any user with PASSWORD or userKey. */
export const lenientAuthenticator: ServerAuthenticator = {
  methods: () => ['publickey', 'password'],
  acceptsKey: ({ key }) => key.blob.equals(userKey.publicKey.blob),
  decide: (attempt) => {
    const isIn =
      (attempt.method === 'password' && attempt.password === PASSWORD) ||
      (attempt.method === 'publickey' && attempt.proven.key.blob.equals(userKey.publicKey.blob));
    return isIn ? { kind: 'success' } : { kind: 'failure', methods: ['publickey', 'password'] };
  },
};

/** A server on a free port below 32768. */
export interface TestServer {
  readonly port: number;
  /** The transports of all accepted sockets. */
  readonly transports: SshTransport[];
  close(): Promise<void>;
}

export const serverOptions: ServerOptions = { crypto, identities: [{ signer: hostKey }, { signer: ecdsaHostKey }, { signer: rsaHostKey }] };

/** Starts a server that uses the same application for every connection. */
export async function startServer(application: Partial<ServerApplication>, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const transports: SshTransport[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const complete = { authenticator: () => lenientAuthenticator, loggedIn: () => ({}), ...application };
    transports.push(serveSsh(socket, { ...serverOptions, ...options }, complete));
  });
  await listenBelow(server);
  return {
    port: (server.address() as AddressInfo).port,
    transports,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Starts a server with any code in place of the engine: for peers that fail. */
export async function startRawServer(onSocket: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onSocket(socket);
  });
  await listenBelow(server);
  return {
    port: (server.address() as AddressInfo).port,
    transports: [],
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const listenBelow = async (server: Server): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isListening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isListening) return;
    if (attempt > 50) throw new Error('No free port below 32768');
  }
};

/** Connects to a port of this machine and returns the socket. */
export const dial = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });

export const clientOptions: ClientOptions = {
  crypto,
  user: 'alice',
  methods: [{ method: 'publickey', signer: userKey }],
  verifyHostKey: () => true,
};

/** Logs in to a server on this machine. */
export const login = async (port: number, options: Partial<ClientOptions> = {}, handler: ConnectionHandler = {}): Promise<SshConnection> =>
  connectSsh(await dial(port), { ...clientOptions, ...options }, handler);

/** Both ends of one connection. */
export interface Pair {
  readonly client: SshConnection;
  readonly server: SshConnection;
  close(): Promise<void>;
}

/** Logs in and returns both ends. `serverHandler` handles the server's end. */
export async function connectPair(
  serverHandler: ConnectionHandler,
  clientHandler: ConnectionHandler = {},
  options: { server?: Partial<ServerOptions>; client?: Partial<ClientOptions> } = {},
): Promise<Pair> {
  const served = deferred<SshConnection>();
  const server = await startServer(
    {
      loggedIn: (connection) => {
        served.resolve(connection);
        return serverHandler;
      },
    },
    options.server,
  );
  const client = await login(server.port, options.client, clientHandler);
  return { client, server: await served.promise, close: () => server.close() };
}
