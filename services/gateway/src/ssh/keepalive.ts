import { keepAlive, type SshConnection } from '@sallyport/ssh';

/** A peer that says nothing for two minutes, though asked, is gone. */
const LIFE = { intervalMs: 30_000, maxUnanswered: 3 };

/** Ends a connection whose peer went without a word; until it ends. */
export const watchLife = (connection: SshConnection): void => void keepAlive(connection, LIFE);
