/** A complete SSH server on the engine, for clients that know nothing of it. */
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

/** What happened on one connection. */
export interface Visit {
  readonly transport: SshTransport;
  readonly logins: LoginRecord[];
  connection?: SshConnection;
  /** Why it ended, once it has. */
  end?: Error;
}

export interface TestServer {
  readonly port: number;
  readonly visits: Visit[];
  /** The last connection, which must have come to the end of its key exchange. */
  last(): Visit & { readonly algorithms: NegotiatedAlgorithms };
  close(): Promise<void>;
}

/** How a server differs from the default. */
export type TestServerOptions = Omit<ServerOptions, 'crypto'> & { readonly crypto?: CryptoProvider; readonly account: Account };

/** Serves on a free port of the loopback interface until it is closed. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const visits: Visit[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    visits.push(serve(socket, options));
  });
  return {
    port: await listenBelow(server),
    visits,
    last: () => lastOf(visits),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const lastOf = (visits: readonly Visit[]): Visit & { readonly algorithms: NegotiatedAlgorithms } => {
  const visit = visits.at(-1);
  const algorithms = visit?.transport.algorithms;
  if (visit === undefined || algorithms === undefined) throw new Error('Nobody has come so far as to agree on algorithms');
  return { ...visit, algorithms };
};

const serve = (socket: Socket, options: TestServerOptions): Visit => {
  const logins: LoginRecord[] = [];
  const transport: SshTransport = serveSsh(
    socket,
    { crypto, ...options },
    {
      authenticator: () => new AccountAuthenticator(options.account, (record) => logins.push(record)),
      loggedIn: (connection) => {
        visit.connection = connection;
        return handlerOf(connection, (reason) => (visit.end = reason));
      },
      closedBeforeLogin: (reason) => (visit.end = reason),
    },
  );
  const visit: Visit = { transport, logins };
  return visit;
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
      incoming.reject(OpenFailureReason.unknownChannelType, 'Not served here');
  }
};
