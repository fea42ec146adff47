import type { Authenticator, ClientFacts } from './authenticator.js';
import type { SshConnection } from './ssh-connection.js';

export interface SshServerOptions<Identity> {
  /** Private keys, OpenSSH or PEM text; one per type is used. */
  hostKeys: readonly string[];
  /** A connection that has not signed in by then is dropped. */
  loginGraceSeconds: number;
  /** Whether one more unauthenticated socket of this address may stay; `release` is called when it has signed in or is gone. */
  admit(address: string): { release(): void } | undefined;
  authenticator(client: ClientFacts): Authenticator<Identity>;
  /** A client has signed in; handlers are to be attached in this turn. */
  onConnection(connection: SshConnection, identity: Identity): void;
  /** A connection ended before anybody signed in. */
  onTurnedAway(client: Pick<ClientFacts, 'remoteAddress'>, why: string): void;
}

export interface SshServer {
  /** Listens; resolves to the port. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more connections; those that are there stay. */
  stopAccepting(): void;
  /** Ends every connection with these words. */
  close(words: string): Promise<void>;
}
