import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import { serveSsh, type ServerHandshake, type SshTransport } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';
import { engineClock } from './engine-clock.js';
import { watchLife } from './keepalive.js';
import { serverOffer, SOFTWARE } from './offers.js';
import { plainAddress, softwareOf } from './peer-facts.js';
import { GateAuthenticator } from './server-authenticator.js';
import { SshConnection } from './ssh-connection.js';
import type { SshServer, SshServerOptions } from './ssh-server.js';

/** An SSH server on the engine. */
export function createSshServer<Identity>(options: SshServerOptions<Identity>, clock: Clock): SshServer {
  const connections = new Map<Socket, SshTransport>();
  return {
    serve(socket) {
      socket.setNoDelay(true);
      connections.set(socket, serveSocket(socket, options, clock));
      socket.once('close', () => connections.delete(socket));
      socket.resume();
    },
    async close(words) {
      const gone = [...connections.keys()].map((socket) => new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve()))));
      for (const transport of connections.values()) transport.disconnect(BY_APPLICATION, words);
      await Promise.all(gone);
    },
  };
}

const BY_APPLICATION = 11;
/** Of all kinds, also keys that would not do: an agent full of keys is no attack. Wrong proofs are counted by the authenticator. */
const MAX_FAILURES = 40;

function serveSocket<Identity>(socket: Socket, options: SshServerOptions<Identity>, clock: Clock): SshTransport {
  const remoteAddress = plainAddress(socket.remoteAddress);
  const settled = once(() => options.onSettled?.(socket));
  let gate: GateAuthenticator<Identity> | undefined;
  const authenticator = (handshake: ServerHandshake): GateAuthenticator<Identity> => {
    const facts = () => ({ remoteAddress, remoteSoftware: softwareOf(handshake.transport.peerIdentification) });
    gate = new GateAuthenticator(handshake, () => options.authenticator(facts()));
    return gate;
  };
  return serveSsh(socket, serverOptions(options, clock), {
    authenticator,
    loggedIn: (inner) => {
      settled();
      const connection = new SshConnection(inner, socket, remoteAddress);
      watchLife(inner);
      options.onConnection(connection, gate!.identity!);
      return connection.handler();
    },
    closedBeforeLogin: (reason) => {
      settled();
      options.onTurnedAway({ remoteAddress }, reason.message);
    },
  });
}

const serverOptions = <Identity>({ hostKeys, loginGraceSeconds }: SshServerOptions<Identity>, clock: Clock) => ({
  crypto: engineCrypto,
  identities: hostKeys,
  software: SOFTWARE,
  offer: serverOffer,
  publicKeyAlgorithms: serverOffer.userKeys,
  authenticationLimits: { graceMs: loginGraceSeconds * 1000, failures: MAX_FAILURES },
  clock: engineClock(clock),
});

const once = (call: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (!isDone) call();
    isDone = true;
  };
};
