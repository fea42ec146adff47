import type { Socket } from 'node:net';
import { printableLine, type Clock } from '@sallyport/context';
import {
  DisconnectReason,
  MODERN_SIGNATURE_ALGORITHMS,
  serveSsh,
  type ServerHandshake,
  type ServerOptions,
  type SshTransport,
} from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';
import { engineClock } from './engine-clock.js';
import { keepConnectionAlive } from './keepalive.js';
import { clientOffer, SOFTWARE } from './offers.js';
import { plainAddress, softwareOf } from './peer-facts.js';
import { EngineAuthenticator } from './server-authenticator.js';
import { SshConnection } from './ssh-connection.js';
import type { SshServer, SshServerOptions } from './ssh-server.js';

/** Creates an SSH server on the engine. */
export function createSshServer<Identity>(options: SshServerOptions<Identity>, clock: Clock): SshServer {
  const connections = new Map<Socket, SshTransport>();
  const engine = engineOptions(options, clock);
  return {
    serve(socket) {
      connections.set(socket, serveSocket(socket, engine, options));
      socket.once('close', () => connections.delete(socket));
      socket.resume();
    },
    async close(message) {
      const gone = [...connections.keys()].map(
        (socket) => new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve()))),
      );
      for (const transport of connections.values()) transport.disconnect(DisconnectReason.BY_APPLICATION, printableLine(message));
      await Promise.all(gone);
    },
  };
}

/** The bound of failed requests of all kinds, unacceptable keys included: an agent full of keys is not an attack. The authenticator counts wrong proofs. */
const MAX_FAILURES = 40;

function serveSocket<Identity>(socket: Socket, engine: ServerOptions, options: SshServerOptions<Identity>): SshTransport {
  const remoteAddress = plainAddress(socket.remoteAddress);
  let adapter: EngineAuthenticator<Identity> | undefined;
  const authenticator = (handshake: ServerHandshake): EngineAuthenticator<Identity> => {
    adapter = new EngineAuthenticator(handshake, () =>
      options.authenticator({ remoteAddress, remoteSoftware: softwareOf(handshake.transport.peerIdentification) }),
    );
    return adapter;
  };
  return serveSsh(socket, engine, {
    authenticator,
    loggedIn: (inner) => {
      options.onSettled?.(socket);
      const connection = new SshConnection(inner, socket, remoteAddress);
      keepConnectionAlive(inner);
      options.onConnection(connection, adapter!.identity!);
      return connection.handler();
    },
    closedBeforeLogin: (reason) => {
      options.onSettled?.(socket);
      options.onClosedBeforeLogin({ remoteAddress }, reason.message);
    },
  });
}

/** Returns the engine's options, which all connections share. */
const engineOptions = <Identity>({ hostKeys, loginGraceSeconds }: SshServerOptions<Identity>, clock: Clock): ServerOptions => ({
  crypto: engineCrypto,
  identities: hostKeys,
  software: SOFTWARE,
  offer: clientOffer,
  publicKeyAlgorithms: MODERN_SIGNATURE_ALGORITHMS, // without certificates: no CA is trusted yet
  authenticationLimits: { graceMs: loginGraceSeconds * 1000, failures: MAX_FAILURES },
  clock: engineClock(clock),
});
