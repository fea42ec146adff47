import type { Socket } from 'node:net';
import type { HandshakeStep, HostIdentity } from '@sallyport/ssh';
import type { Authenticator, ClientFacts } from './authenticator.js';
import type { SshConnection } from './ssh-connection.js';

/** The end of a connection's time without a login, see Outcome of the processes' messages. */
export type SettleOutcome = 'signed-in' | 'authfail' | 'noauth' | 'grace-exceeded' | 'closed';

export interface SshServerOptions<Identity> {
  /** The gateway's own keys, see `readHostKeys`. */
  hostKeys: readonly HostIdentity[];
  /** A client that has not signed in after this time is disconnected. */
  loginGraceSeconds: number;
  /** Text for every client before it signs in, as sshd's Banner; clients show it on their standard error. */
  banner?: string | undefined;
  authenticator(client: ClientFacts): Authenticator<Identity>;
  /** Takes over a connection whose client has signed in. It attaches handlers in this turn. */
  onConnection(connection: SshConnection, identity: Identity): void;
  /** Handles the end of a connection whose client has not signed in. */
  onClosedBeforeLogin(client: Pick<ClientFacts, 'remoteAddress'>, why: string): void;
  /** Handles, once for each socket, that its client has signed in or the socket is closed. */
  onSettled?(socket: Socket, outcome: SettleOutcome): void;
  /** Handles a step of a client that has not signed in. */
  onProgress?(socket: Socket, step: HandshakeStep): void;
  /** Decides if a client that has proven its identity may have this connection. Resolves to a refusal, for the user to read. */
  admit?(socket: Socket, identity: Identity): Promise<string | undefined>;
  /** Refused signatures that one connection may send. */
  maxAuthTries: number;
  /** Session channels at a time on one connection. */
  maxSessions: number;
  /** A connection without a channel for so long is closed; 0: never. */
  unusedTimeoutSeconds: number;
  /** The interval of keepalives. */
  keepaliveMs: number;
}

export interface SshServer {
  /** Serves a connected socket, which may be paused. `address` is the client's, if it is behind a load balancer. */
  serve(socket: Socket, address?: string): void;
  /** Disconnects every client with this message. Resolves when all sockets are closed. */
  close(message: string): Promise<void>;
}
