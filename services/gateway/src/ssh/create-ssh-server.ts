import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
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
import { watchLife } from './keepalive.js';
import { clientOffer, SOFTWARE } from './offers.js';
import { plainAddress, softwareOf } from './peer-facts.js';
import { GateAuthenticator } from './server-authenticator.js';
import { SshConnection } from './ssh-connection.js';
import type { SshServer, SshServerOptions } from './ssh-server.js';

/** An SSH server on the engine. */
export function createSshServer<Identity>(options: SshServerOptions<Identity>, clock: Clock): SshServer {
  const connections = new Map<Socket, SshTransport>();
  const engine = engineOptions(options, clock);
  return {
    serve(socket) {
      connections.set(socket, serveSocket(socket, engine, options));
      socket.once('close', () => connections.delete(socket));
      socket.resume();
    },
    async close(words) {
      const gone = [...connections.keys()].map(
        (socket) => new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve()))),
      );
      for (const transport of connections.values()) transport.disconnect(DisconnectReason.BY_APPLICATION, words);
      await Promise.all(gone);
    },
  };
}

/** Of all kinds, also keys that would not do: an agent full of keys is no attack. Wrong proofs are counted by the authenticator. */
const MAX_FAILURES = 40;

function serveSocket<Identity>(socket: Socket, engine: ServerOptions, options: SshServerOptions<Identity>): SshTransport {
  const remoteAddress = plainAddress(socket.remoteAddress);
  let gate: GateAuthenticator<Identity> | undefined;
  const authenticator = (handshake: ServerHandshake): GateAuthenticator<Identity> => {
    gate = new GateAuthenticator(handshake, () =>
      options.authenticator({ remoteAddress, remoteSoftware: softwareOf(handshake.transport.peerIdentification) }),
    );
    return gate;
  };
  return serveSsh(socket, engine, {
    authenticator,
    loggedIn: (inner) => {
      options.onSettled?.(socket);
      const connection = new SshConnection(inner, socket, remoteAddress);
      watchLife(inner);
      options.onConnection(connection, gate!.identity!);
      return connection.handler();
    },
    closedBeforeLogin: (reason) => {
      options.onSettled?.(socket);
      options.onTurnedAway({ remoteAddress }, reason.message);
    },
  });
}

/** Serves all connections. */
const engineOptions = <Identity>({ hostKeys, loginGraceSeconds }: SshServerOptions<Identity>, clock: Clock): ServerOptions => ({
  crypto: engineCrypto,
  identities: hostKeys,
  software: SOFTWARE,
  offer: clientOffer,
  publicKeyAlgorithms: MODERN_SIGNATURE_ALGORITHMS, // no certificates: no CA is trusted yet
  authenticationLimits: { graceMs: loginGraceSeconds * 1000, failures: MAX_FAILURES },
  clock: engineClock(clock),
});
