/** For fuzzing: both roles with applications that use every feature of the engine. */
import type { ServerAuthenticator } from '../../authentication/attempt.js';
import type { Channel } from '../channel.js';
import type { ChannelHandler } from '../channel-handler.js';
import { askHostKeyProof } from '../host-key-rotation.js';
import type { IncomingChannel } from '../incoming-channel.js';
import { checkCertificate, MODERN_CERTIFICATE_ALGORITHMS, MODERN_SIGNATURE_ALGORITHMS, type OfferedKey } from '../../keys/index.js';
import { hostKey, PASSWORD, rsaHostKey, userKey } from '../loopback.suite.js';
import { coupleChannels } from '../../relay/relay.js';
import { ClientAuthentication } from '../../authentication/client-authentication.js';
import { ServerAuthentication } from '../../authentication/server-authentication.js';
import { connectSsh, type ClientOptions } from '../ssh-client.js';
import { SshConnection, type ConnectionHandler } from '../ssh-connection.js';
import { serveSsh } from '../ssh-server.js';
import { BareTransport } from './bare-transport.suite.js';
import type { MemorySocket } from './memory-socket.suite.js';
import { plainCrypto, plainOffer } from './plain-crypto.suite.js';

const later = <T>(value: T): Promise<T> => new Promise((resolve) => setImmediate(() => resolve(value)));

const isTrusted = (key: OfferedKey): boolean =>
  key.kind === 'certificate'
    ? checkCertificate(key, {
        role: 'user',
        authorities: [hostKey.publicKey],
        principals: ['alice'],
        nowSeconds: 1,
        sourceAddress: '127.0.0.1',
      }).isAccepted
    : key.blob.equals(userKey.publicKey.blob);

const authenticator: ServerAuthenticator = {
  methods: () => ['publickey', 'password', 'keyboard-interactive'],
  acceptsKey: ({ key }) => later(isTrusted(key)),
  decide: async (attempt) => {
    const failed = { kind: 'failure', methods: authenticator.methods() } as const;
    if (attempt.method === 'password') {
      if (attempt.password === 'old') return attempt.newPassword === undefined ? { kind: 'change-password', prompt: 'new' } : failed;
      return attempt.password === PASSWORD ? { kind: 'success' } : failed;
    }
    if (attempt.method === 'keyboard-interactive') {
      await attempt.ask({
        prompts: [
          { text: 'a', isEchoed: true },
          { text: 'b', isEchoed: false },
        ],
      });
      await attempt.ask({ prompts: [] });
      return failed;
    }
    return attempt.method === 'publickey' ? { kind: 'partial', methods: ['password'] } : failed;
  },
};

/** Echoes data. Decides on some requests at once and on others later. */
const echoing = (channel: () => Channel): ChannelHandler => {
  let uncreditedBytes = 0;
  const grantCredit = (): void => {
    channel().consume(uncreditedBytes);
    uncreditedBytes = 0;
  };
  return {
    data: (bytes, stream) => {
      channel().send(bytes, stream);
      uncreditedBytes += bytes.length;
      if (uncreditedBytes > 100) grantCredit();
    },
    request: ({ name }) => (name === 'exec' || name === 'subsystem' ? later(true) : name !== 'x11-req'),
    eof: () => channel().sendEof(),
    closed: grantCredit,
    writable: () => channel().send(Buffer.from('more')),
  };
};

const accept = (incoming: IncomingChannel): Channel => {
  let channel: Channel | undefined = undefined;
  channel = incoming.accept(echoing(() => channel!));
  return channel;
};

/** Returns a handler that couples every second channel with the one before. */
const application = (connection: () => SshConnection): ConnectionHandler => {
  let previous: Channel | undefined;
  return {
    channelOpen: (incoming) => {
      if (incoming.kind.kind === 'other') return incoming.reject(3, 'unknown channel type');
      if (incoming.kind.kind === 'direct-tcpip') return void setImmediate(() => accept(incoming));
      const channel = accept(incoming);
      if (incoming.kind.kind === 'session')
        void connection()
          .openChannel({ kind: 'auth-agent@openssh.com' }, {})
          .then(
            (agent) => agent.close(),
            () => undefined,
          );
      if (previous?.isOpen === true && previous.unconsumedBytes === 0) {
        coupleChannels(previous, channel, { lingerMs: 1 });
        previous = undefined;
      } else {
        previous = channel;
      }
      return undefined;
    },
    globalRequest: ({ name }) => (name === 'tcpip-forward' ? later(Buffer.from([0, 0, 1, 1])) : name.startsWith('cancel')),
  };
};

export interface FuzzTarget {
  readonly ended: Promise<Error>;
  /** Returns the connection layer; undefined before the login. */
  connection(): SshConnection | undefined;
}

const watch = (connect: (closed: (reason: Error) => void, opened: (connection: SshConnection) => void) => void): FuzzTarget => {
  let opened: SshConnection | undefined;
  const ended = new Promise<Error>((resolve) => connect(resolve, (connection) => (opened = connection)));
  return { ended, connection: () => opened };
};

export const serverTarget = (socket: MemorySocket): FuzzTarget =>
  watch((closed, opened) => {
    serveSsh(
      socket,
      { crypto: plainCrypto, offer: plainOffer, identities: [{ signer: hostKey }, { signer: rsaHostKey }] },
      {
        authenticator: () => authenticator,
        loggedIn: (connection) => {
          opened(connection);
          return { ...application(() => connection), closed };
        },
        closedBeforeLogin: closed,
      },
    );
  });

export const clientOptions: ClientOptions = {
  crypto: plainCrypto,
  offer: plainOffer,
  user: 'alice',
  methods: [
    { method: 'none' },
    { method: 'keyboard-interactive', answer: ({ prompts }) => prompts.map(() => 'x') },
    { method: 'publickey', signer: userKey, asksFirst: true },
    { method: 'password', password: PASSWORD, changePassword: () => 'new' },
  ],
  verifyHostKey: () => later(true),
  hostKeysAnnounced: (connection, keys) => void askHostKeyProof(connection, keys).catch(() => undefined),
};

export const clientTarget = (socket: MemorySocket): FuzzTarget =>
  watch((closed, opened) => {
    let made: SshConnection | undefined;
    connectSsh(socket, clientOptions, { ...application(() => made!), closed }).then((connection) => {
      made = connection;
      opened(connection);
      void runClient(connection);
    }, closed);
  });

/** Runs the client's part of the conversation after the login. */
export const runClient = async (connection: SshConnection): Promise<void> => {
  const ignore = (): undefined => undefined;
  void connection.request({ kind: 'tcpip-forward', address: { host: '', port: 0 } });
  void connection.request({ kind: 'streamlocal-forward@openssh.com', path: '/tmp/x' });
  void connection.request({ kind: 'cancel-tcpip-forward', address: { host: '', port: 257 } });
  void connection.request({ kind: 'other', name: 'keepalive@openssh.com', body: Buffer.alloc(0) });
  void connection.openChannel({ kind: 'direct-tcpip', target: { host: 'h', port: 1 }, origin: { host: 'o', port: 2 } }, {}).catch(ignore);
  void connection.openChannel({ kind: 'direct-streamlocal@openssh.com', path: '/x' }, {}).catch(ignore);
  void connection.openChannel({ kind: 'other', name: 'tun@openssh.com', body: Buffer.alloc(8) }, {}).catch(ignore);
  const session = await connection.openChannel({ kind: 'session' }, {}).catch(ignore);
  if (session === undefined) return;
  const size = { columns: 80, rows: 24, widthPixels: 0, heightPixels: 0 };
  void session.request({ kind: 'pty-req', term: 'xterm', modes: Buffer.from([3, 0, 0, 0, 127, 0]), ...size });
  session.notify({ kind: 'env', name: 'LANG', value: 'C' });
  void session.request({ kind: 'x11-req', isSingle: false, protocol: 'p', cookie: 'c', screen: 0 });
  void session.request({ kind: 'auth-agent-req@openssh.com' });
  void session.request({ kind: 'exec', command: Buffer.from('cat') });
  session.send(Buffer.from('some bytes'));
  session.send(Buffer.from('some errors'), 1);
  session.notify({ kind: 'window-change', ...size });
  session.notify({ kind: 'signal', signal: 'TERM' });
  session.notify({ kind: 'break', lengthMs: 1 });
  session.notify({ kind: 'exit-status', status: 1 });
  session.notify({ kind: 'exit-signal', signal: 'KILL', isCoreDumped: false, message: 'm' });
  connection.transport.rekey();
  session.sendEof();
  session.close();
};

/** All algorithms that a server accepts by default. */
const PUBLIC_KEY_ALGORITHMS = [...MODERN_SIGNATURE_ALGORITHMS, ...MODERN_CERTIFICATE_ALGORITHMS];

/** Starts one layer over a bare transport: authentication or, with `isLoggedIn`, the connection layer. */
export const layerTarget = (role: 'server' | 'client', isLoggedIn: boolean): { transport: BareTransport; target: FuzzTarget } => {
  const transport = new BareTransport(role);
  const target = watch((closed, opened) => {
    const connect = (): void => {
      const connection: SshConnection = new SshConnection(transport.asTransport, {});
      connection.setHandler({ ...application(() => connection), closed });
      opened(connection);
      if (role === 'client') void runClient(connection);
    };
    if (isLoggedIn) connect();
    else if (role === 'server')
      transport.setListener(
        new ServerAuthentication(transport.asTransport, () => authenticator, PUBLIC_KEY_ALGORITHMS, { succeeded: connect, closed }),
      );
    else
      transport.setListener(
        new ClientAuthentication(transport.asTransport, 'alice', clientOptions.methods, { succeeded: connect, failed: closed }),
      );
    transport.ready();
  });
  return { transport, target };
};
