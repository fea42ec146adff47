/** A complete SSH server on the engine, for foreign clients. */
import { createServer, type Socket } from 'node:net';
import {
  OpenFailureReason,
  selectCrypto,
  serveSsh,
  type ConnectionHandler,
  type CryptoProvider,
  type IncomingChannel,
  type NegotiatedAlgorithms,
  type ServerOptions,
  type SshConnection,
  type SshTransport,
} from '@sallyport/ssh';
import { listenBelow } from '../free-port.ts';
import { AccountAuthenticator, type Account, type LoginRecord } from './account.ts';
import { Forwards } from './forwards.ts';
import { dialForChannel } from './join-socket.ts';
import { Session } from './session.ts';

export const crypto = selectCrypto();

/** The state of one connection. */
export interface ServedConnection {
  readonly transport: SshTransport;
  readonly logins: LoginRecord[];
  connection?: SshConnection;
  /** The reason of its end; undefined while it is open. */
  end?: Error;
}

export interface TestServer {
  readonly port: number;
  readonly connections: ServedConnection[];
  /** Returns the last connection. Throws Error unless its key exchange is finished. */
  last(): ServedConnection & { readonly algorithms: NegotiatedAlgorithms };
  close(): Promise<void>;
}

/** Options of a test server. */
export type TestServerOptions = Omit<ServerOptions, 'crypto'> & { readonly crypto?: CryptoProvider; readonly account: Account };

/** Starts a server on a free loopback port. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const connections: ServedConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    connections.push(serve(socket, options));
  });
  return {
    port: await listenBelow(server),
    connections,
    last: () => lastOf(connections),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const lastOf = (connections: readonly ServedConnection[]): ServedConnection & { readonly algorithms: NegotiatedAlgorithms } => {
  const served = connections.at(-1);
  const algorithms = served?.transport.algorithms;
  if (served === undefined || algorithms === undefined) throw new Error('No connection has finished its key exchange');
  return { ...served, algorithms };
};

const serve = (socket: Socket, options: TestServerOptions): ServedConnection => {
  const logins: LoginRecord[] = [];
  const transport: SshTransport = serveSsh(
    socket,
    { crypto, ...options },
    {
      authenticator: () => new AccountAuthenticator(options.account, (record) => logins.push(record)),
      loggedIn: (connection) => {
        served.connection = connection;
        return handlerOf(connection, (reason) => (served.end = reason));
      },
      closedBeforeLogin: (reason) => (served.end = reason),
    },
  );
  const served: ServedConnection = { transport, logins };
  return served;
};

const handlerOf = (connection: SshConnection, ended: (reason: Error) => void): ConnectionHandler => {
  const forwards = new Forwards(connection);
  return {
    channelOpen: (incoming) => openChannel(incoming, connection),
    globalRequest: (request) => forwards.answer(request),
    closed: (reason) => {
      forwards.close();
      ended(reason);
    },
  };
};

const openChannel = (incoming: IncomingChannel, connection: SshConnection): void => {
  const { kind } = incoming;
  switch (kind.kind) {
    case 'session':
      new Session(incoming, connection);
      return;
    case 'direct-tcpip':
      dialForChannel(incoming, { host: kind.target.host, port: kind.target.port });
      return;
    case 'direct-streamlocal@openssh.com':
      dialForChannel(incoming, { path: kind.path });
      return;
    default:
      incoming.reject(OpenFailureReason.unknownChannelType, 'Unknown channel type');
  }
};
