/**
 * A gateway without rules: the engine's server towards clients, the engine's client towards one asset, all channels and requests relayed.
 */
import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  connectSsh,
  generatePrivateKey,
  parsePrivateKey,
  relayOpen,
  selectCrypto,
  serveSsh,
  type ClientOptions,
  type ConnectionHandler,
  type GlobalReply,
  type GlobalRequest,
  type Relay,
  type ServerApplication,
  type ServerAuthenticator,
  type SshConnection,
  type TransportLimits,
} from '@sallyport/ssh';
import { listenBelow } from '../free-port.ts';

/** Options of a relay. They are JSON values, because a relay process gets them in argv. */
export interface RelayServerOptions {
  readonly asset: { readonly port: number; readonly user: string; readonly privateKey: string };
  /** Delay before the relay connects to the asset, in milliseconds. */
  readonly dialDelayMs?: number;
  readonly transportLimits?: Partial<TransportLimits>;
}

/** A listening relay. */
export interface RelayServer {
  readonly port: number;
  /** Both ends of all connections so far. */
  readonly clients: SshConnection[];
  readonly assets: SshConnection[];
  readonly relays: Relay[];
  close(): Promise<void>;
}

/** OpenSSH sends some messages (eow@openssh.com, for one) only to peers whose software name begins like this. */
const SOFTWARE = 'OpenSSH_Sallyport';

/** Accepts any key: these tests are not about authentication. */
const authenticator: ServerAuthenticator = {
  methods: () => ['publickey'],
  acceptsKey: () => true,
  decide: ({ method }) => (method === 'publickey' ? { kind: 'success' } : { kind: 'failure', methods: ['publickey'] }),
};

/** Starts a relay. */
export async function startRelay(options: RelayServerOptions): Promise<RelayServer> {
  const crypto = selectCrypto();
  const identities = [
    { signer: await generatePrivateKey('ed25519') },
    { signer: await generatePrivateKey('ecdsa-nistp256') },
    { signer: await generatePrivateKey('rsa-3072') },
  ];
  const limits = options.transportLimits !== undefined && { transportLimits: options.transportLimits };
  const target: ClientOptions = {
    crypto,
    software: SOFTWARE,
    user: options.asset.user,
    methods: [{ method: 'publickey', signer: await parsePrivateKey(options.asset.privateKey) }],
    verifyHostKey: () => true,
    ...limits,
  };
  const gateway = new TestGateway(options, target);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveSsh(socket, { crypto, software: SOFTWARE, identities, ...limits }, gateway);
  });
  const { clients, assets, relays } = gateway;
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port: await listenBelow(server), clients, assets, relays, close };
}

class TestGateway implements ServerApplication {
  readonly clients: SshConnection[] = [];
  readonly assets: SshConnection[] = [];
  readonly relays: Relay[] = [];

  private readonly options: RelayServerOptions;
  private readonly target: ClientOptions;

  // relay-process.ts runs this file with Node's type stripping: no parameter properties.
  constructor(options: RelayServerOptions, target: ClientOptions) {
    this.options = options;
    this.target = target;
  }

  authenticator(): ServerAuthenticator {
    return authenticator;
  }

  loggedIn(client: SshConnection): ConnectionHandler {
    this.clients.push(client);
    const dialled = this.dial(client);
    dialled.catch((error: unknown) => client.disconnect(11, `The asset cannot be reached: ${String(error)}`));
    const asset = dialled.catch(() => undefined);
    return {
      channelOpen: (incoming) => void asset.then((far) => far && this.keep(relayOpen(incoming, far, { askedBy: 'client' }))),
      globalRequest: async (request) => passOn(await asset, request),
      closed: () => void asset.then((far) => far?.disconnect()),
    };
  }

  private async dial(client: SshConnection): Promise<SshConnection> {
    await wait(this.options.dialDelayMs ?? 0);
    const asset = await connectSsh(await connected(this.options.asset.port), this.target, {
      channelOpen: (incoming) => void this.keep(relayOpen(incoming, client, { askedBy: 'target' })),
      closed: () => client.disconnect(),
    });
    this.assets.push(asset);
    return asset;
  }

  private async keep(opening: Promise<Relay | undefined>): Promise<void> {
    const relay = await opening;
    if (relay !== undefined) this.relays.push(relay);
  }
}

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

const passOn = async (asset: SshConnection | undefined, { details, wantsReply }: GlobalRequest): Promise<GlobalReply> => {
  if (asset === undefined) return false;
  if (wantsReply) return (await asset.request(details)) ?? false;
  asset.notify(details);
  return true;
};
