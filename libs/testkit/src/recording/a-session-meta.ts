import { randomUUID } from 'node:crypto';

/** Returns the metadata of a session (FORMAT.md of libs/recording-format), with a new session id and these changes. */
export const aSessionMeta = <T extends object>(given?: T) => ({
  format: 1 as const,
  session_id: randomUUID() as string,
  org_id: 'o',
  user_id: 'u',
  username: 'alice',
  asset_id: 'a',
  asset_name: 'web-1',
  account: 'root',
  started_at: new Date().toISOString(),
  ...given,
});
