import type { Socket } from 'node:net';
import type { HostIdentity } from '@sallyport/ssh';
import type { Authenticator, ClientFacts } from './authenticator.js';
import type { SshConnection } from './ssh-connection.js';

export interface SshServerOptions<Identity> {
  /** The gate's own keys, see `readHostKeys`. */
  hostKeys: readonly HostIdentity[];
  /** A connection that has not signed in by then is dropped. */
  loginGraceSeconds: number;
  authenticator(client: ClientFacts): Authenticator<Identity>;
  /** A client has signed in; handlers are to be attached in this turn. */
  onConnection(connection: SshConnection, identity: Identity): void;
  /** A connection ended before anybody signed in. */
  onTurnedAway(client: Pick<ClientFacts, 'remoteAddress'>, why: string): void;
  /** Called once for each socket: its client has signed in, or is gone. */
  onSettled?(socket: Socket): void;
}

export interface SshServer {
  /** Serves a connected socket, which may be paused. */
  serve(socket: Socket): void;
  /** Ends every connection with these words; resolves when all are gone. */
  close(words: string): Promise<void>;
}
