import type { Socket } from 'node:net';
import type { HostIdentity } from '@sallyport/ssh';
import type { Authenticator, ClientFacts } from './authenticator.js';
import type { SshConnection } from './ssh-connection.js';

export interface SshServerOptions<Identity> {
  /** The gateway's own keys, see `readHostKeys`. */
  hostKeys: readonly HostIdentity[];
  /** A client that has not signed in after this time is disconnected. */
  loginGraceSeconds: number;
  authenticator(client: ClientFacts): Authenticator<Identity>;
  /** Takes over a connection whose client has signed in. It attaches handlers in this turn. */
  onConnection(connection: SshConnection, identity: Identity): void;
  /** Handles the end of a connection whose client has not signed in. */
  onClosedBeforeLogin(client: Pick<ClientFacts, 'remoteAddress'>, why: string): void;
  /** Handles, once for each socket, that its client has signed in or the socket is closed. */
  onSettled?(socket: Socket): void;
}

export interface SshServer {
  /** Serves a connected socket, which may be paused. */
  serve(socket: Socket): void;
  /** Disconnects every client with this message. Resolves when all sockets are closed. */
  close(message: string): Promise<void>;
}
