/** The server role: transport, authentication and connection layer over one accepted socket. */
import { ServerAuthentication, type HandshakeStep, type Login, type ServerHandshake } from '../authentication/server-authentication.js';
import type { ServerAuthenticator } from '../authentication/attempt.js';
import type { AuthenticationLimits } from '../authentication/limits.js';
import type { CryptoProvider } from '../crypto/index.js';
import { MODERN_CERTIFICATE_ALGORITHMS, MODERN_SIGNATURE_ALGORITHMS } from '../keys/index.js';
import type { AlgorithmOffer } from '../transport/algorithm-offer.js';
import type { Clock } from '../transport/clock.js';
import type { HostIdentity } from '../transport/host-identity.js';
import type { TransportLimits } from '../transport/limits.js';
import type { ByteSocket } from '../transport/packet-writer.js';
import { SshTransport, type TransportListener } from '../transport/ssh-transport.js';
import { announceHostKeys, HOST_KEYS_PROVE, HostKeyProver } from './host-key-rotation.js';
import type { ConnectionLimits } from './limits.js';
import { SshConnection, type ConnectionHandler } from './ssh-connection.js';

/** Options of a server. One object may serve any number of connections. */
export interface ServerOptions {
  readonly crypto: CryptoProvider;
  /** Host keys, the preferred one first; at least one. */
  readonly identities: readonly HostIdentity[];
  readonly software?: string;
  readonly offer?: AlgorithmOffer;
  /** Public key algorithms that users may log in with, in the order of server-sig-algs (RFC 8308 §3.1); the modern ones by default. */
  readonly publicKeyAlgorithms?: readonly string[];
  readonly transportLimits?: Partial<TransportLimits>;
  readonly authenticationLimits?: Partial<AuthenticationLimits>;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  readonly clock?: Clock;
}

/** The application's side of one connection. */
export interface ServerApplication {
  /** The client's address, see `TransportOptions.source`. */
  readonly source?: string;
  /** Returns the authenticator of the connection. Called once, at the start. */
  authenticator(handshake: ServerHandshake): ServerAuthenticator;
  /** Returns the handler of the channels of a client that has logged in. */
  loggedIn(connection: SshConnection, login: Login): ConnectionHandler;
  /** Handles a step that the client has completed. */
  progressed?(step: HandshakeStep): void;
  /** Handles the end of a connection before the login. Later, the connection handler's `closed` is called instead. */
  closedBeforeLogin?(reason: Error): void;
}

/**
 * Serves one accepted socket (RFC 4253, 4252, 4254). Never throws because of a client: the application is notified instead.
 * Throws RangeError without a host key, or for an invalid `software`.
 */
export function serveSsh(socket: ByteSocket, options: ServerOptions, application: ServerApplication): SshTransport {
  if (options.identities.length === 0) throw new RangeError('An SSH server needs at least one host key');
  const plainAlgorithms = (options.publicKeyAlgorithms ?? MODERN_SIGNATURE_ALGORITHMS).filter((name) => !name.includes('-cert-v01@'));
  const transport: SshTransport = new SshTransport(socket, transportOptions(options, plainAlgorithms, application.source), {
    packet: () => false,
    closed: () => undefined,
  });
  const accepted = options.publicKeyAlgorithms ?? [...MODERN_SIGNATURE_ALGORITHMS, ...MODERN_CERTIFICATE_ALGORITHMS];
  const authentication = new ServerAuthentication(
    transport,
    (handshake) => application.authenticator(handshake),
    accepted,
    {
      succeeded: (login) => startConnection(transport, options, application, login),
      progressed: (step) => application.progressed?.(step),
      closed: (reason) => application.closedBeforeLogin?.(reason),
    },
    options.authenticationLimits,
  );
  transport.setListener(authentication satisfies TransportListener);
  return transport;
}

const transportOptions = (options: ServerOptions, plainAlgorithms: readonly string[], source: string | undefined) => ({
  source,
  side: { role: 'server' as const, identities: options.identities },
  crypto: options.crypto,
  ...(options.software !== undefined && { software: options.software }),
  ...(options.offer !== undefined && { offer: options.offer }),
  ...(options.transportLimits !== undefined && { limits: options.transportLimits }),
  ...(options.clock !== undefined && { clock: options.clock }),
  extensions: { 'server-sig-algs': plainAlgorithms.join(','), 'ping@openssh.com': '0' },
});

const startConnection = (transport: SshTransport, options: ServerOptions, application: ServerApplication, login: Login): void => {
  const { identities } = options;
  const prover = new HostKeyProver(identities, transport);
  const connection = new SshConnection(transport, {}, options.connectionLimits, (request) =>
    request.name === HOST_KEYS_PROVE ? prover.prove(request) : undefined,
  );
  connection.setHandler(application.loggedIn(connection, login));
  announceHostKeys(connection, identities);
};
