import { keepAlive, type SshConnection } from '@sallyport/ssh';

/** A peer that answers nothing for two minutes is gone. */
const OPTIONS = { intervalMs: 30_000, maxUnanswered: 3 };

/** Sends keepalives until the connection ends, and ends it when the peer does not answer. */
export const keepConnectionAlive = (connection: SshConnection): void => void keepAlive(connection, OPTIONS);
