/** For tests: a gateway without rules. Logs in to one target for every client, and relays every channel and forward. */
import { startServer, type TestServer, lenientAuthenticator, login as loginTo, dial } from '../connection/loopback.suite.js';
import type { ConnectionHandler, SshConnection } from '../connection/ssh-connection.js';
import type { ServerHandshake } from '../authentication/server-authentication.js';
import type { ServerOptions } from '../connection/ssh-server.js';
import { connectSsh, type ClientOptions } from '../connection/ssh-client.js';
import type { ServerAuthenticator } from '../authentication/attempt.js';
import type { GlobalReply, GlobalRequest } from '../connection/global-request.js';
import { relayOpen } from './relay-open.js';
import type { Relay, RelayOptions } from './relay.js';

export interface TestGateway extends TestServer {
  readonly relays: Relay[];
  readonly clients: SshConnection[];
  readonly targets: SshConnection[];
}

export interface TestGatewayOptions {
  readonly target: ClientOptions & { readonly port: number };
  readonly server?: Partial<ServerOptions>;
  readonly authenticator?: (handshake: ServerHandshake) => ServerAuthenticator;
  readonly relay?: () => RelayOptions;
}

export async function startGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const relays: Relay[] = [];
  const clients: SshConnection[] = [];
  const targets: SshConnection[] = [];
  const server = await startServer(
    {
      authenticator: options.authenticator ?? (() => lenientAuthenticator),
      loggedIn: (client) => {
        clients.push(client);
        const dialled = dialTarget(options, client, targets, relays);
        dialled.catch(() => client.disconnect());
        return clientHandler(dialled, options, relays);
      },
    },
    options.server,
  );
  return { ...server, relays, clients, targets };
}

const dialTarget = async (
  options: TestGatewayOptions,
  client: SshConnection,
  targets: SshConnection[],
  relays: Relay[],
): Promise<SshConnection> => {
  const target = await connectSsh(await dial(options.target.port), options.target, {
    channelOpen: (incoming) => {
      void relayOpen(incoming, client, { askedBy: 'target', ...options.relay?.() }).then((relay) => relay && relays.push(relay));
    },
    closed: () => client.disconnect(),
  });
  targets.push(target);
  return target;
};

const clientHandler = (dialled: Promise<SshConnection>, options: TestGatewayOptions, relays: Relay[]): ConnectionHandler => ({
  channelOpen: (incoming) => {
    void dialled
      .then((target) => relayOpen(incoming, target, { askedBy: 'client', ...options.relay?.() }))
      .then((relay) => relay && relays.push(relay));
  },
  globalRequest: (request) => passGlobalRequest(dialled, request),
  closed: () => {
    void dialled.then((target) => target.disconnect());
  },
});

const passGlobalRequest = async (dialled: Promise<SshConnection>, { details, wantsReply }: GlobalRequest): Promise<GlobalReply> => {
  const target = await dialled;
  if (!wantsReply) target.notify(details);
  return wantsReply ? ((await target.request(details)) ?? false) : true;
};

export { loginTo };
