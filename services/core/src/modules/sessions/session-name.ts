import type { Session } from './session.repository.js';

/** Returns the name of a session in audit events. */
export const sessionName = ({ username, account, assetName }: Pick<Session, 'username' | 'account' | 'assetName'>): string =>
  `${username} as ${account} on ${assetName}`;
