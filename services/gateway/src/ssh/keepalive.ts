import { keepAlive, type SshConnection } from '@sallyport/ssh';

/** Requests that a peer may leave unanswered, as OpenSSH's ServerAliveCountMax. */
const MAX_UNANSWERED = 3;

/** Sends keepalives until the connection ends, and ends it when the peer does not answer: `isUnresponsive` knows that end. */
export const keepConnectionAlive = (connection: SshConnection, intervalMs: number): void =>
  void keepAlive(connection, { intervalMs, maxUnanswered: MAX_UNANSWERED });
