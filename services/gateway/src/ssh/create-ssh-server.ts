import type { Socket } from 'node:net';
import { printableLine, sourceOf, type Clock } from '@sallyport/context';
import {
  DisconnectReason,
  GRACE_EXCEEDED,
  LocalDisconnect,
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
import { shownText } from './shown-text.js';
import { SshConnection } from './ssh-connection.js';
import type { SettleOutcome, SshServer, SshServerOptions } from './ssh-server.js';
import { UnusedConnections } from './unused-connections.js';

/** Creates an SSH server on the engine. */
export function createSshServer<Identity>(options: SshServerOptions<Identity>, clock: Clock): SshServer {
  const connections = new Map<Socket, SshTransport>();
  const unused = new UnusedConnections(options.unusedTimeoutSeconds, clock);
  const engine = engineOptions(options, clock);
  return {
    serve(socket, address = socket.remoteAddress) {
      connections.set(socket, serveSocket(socket, plainAddress(address), engine, options, unused));
      socket.once('close', () => connections.delete(socket));
      socket.resume();
    },
    async close(message) {
      unused.stop();
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

function serveSocket<Identity>(
  socket: Socket,
  remoteAddress: string,
  engine: ServerOptions,
  options: SshServerOptions<Identity>,
  unused: UnusedConnections,
): SshTransport {
  let adapter: EngineAuthenticator<Identity> | undefined;
  const authenticator = (handshake: ServerHandshake): EngineAuthenticator<Identity> => {
    if (options.banner !== undefined) handshake.banner(shownText(options.banner, '\r\n').toString());
    adapter = new EngineAuthenticator(
      handshake,
      () => options.authenticator({ remoteAddress, remoteSoftware: softwareOf(handshake.transport.peerIdentification) }),
      async (identity) => options.admit?.(socket, identity),
    );
    return adapter;
  };
  return serveSsh(socket, engine, {
    source: sourceOf(remoteAddress),
    authenticator,
    progressed: (step) => options.onProgress?.(socket, step),
    loggedIn: (inner) => {
      options.onSettled?.(socket, 'signed-in');
      const connection = new SshConnection(inner, socket, remoteAddress, options.maxSessions);
      unused.watch(inner);
      keepConnectionAlive(inner, options.keepaliveMs);
      options.onConnection(connection, adapter!.identity!);
      return connection.handler();
    },
    closedBeforeLogin: (reason) => {
      options.onSettled?.(socket, outcomeOf(reason, adapter));
      adapter?.closed(reason.message);
      options.onClosedBeforeLogin({ remoteAddress }, reason.message);
    },
  });
}

/** Returns what the end of a connection without a login says about its client. Only what the client did is held against its source. */
function outcomeOf(reason: Error, adapter: Pick<EngineAuthenticator<unknown>, 'hasFailed' | 'hasBeenRefused'> | undefined): SettleOutcome {
  if (adapter?.hasFailed === true) return 'authfail';
  if (adapter?.hasBeenRefused === true) return 'closed';
  if (reason instanceof LocalDisconnect) return reason.message === GRACE_EXCEEDED ? 'grace-exceeded' : 'closed';
  return 'noauth';
}

/** Returns the engine's options, which all connections share. */
const engineOptions = <Identity>(
  { hostKeys, loginGraceSeconds, maxAuthTries }: SshServerOptions<Identity>,
  clock: Clock,
): ServerOptions => ({
  crypto: engineCrypto,
  identities: hostKeys,
  software: SOFTWARE,
  offer: clientOffer,
  publicKeyAlgorithms: MODERN_SIGNATURE_ALGORITHMS, // without certificates: no CA is trusted yet
  authenticationLimits: { graceMs: loginGraceSeconds * 1000, failures: MAX_FAILURES, wrongSignatures: maxAuthTries },
  clock: engineClock(clock),
});
