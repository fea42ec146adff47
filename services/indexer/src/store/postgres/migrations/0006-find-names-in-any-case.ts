import type { Migration } from './migration.js';

/** Commands are found by the names of their user and asset in any case, as a login finds them. */
export const findNamesInAnyCase: Migration = {
  name: '0006-find-names-in-any-case',
  sql: `
    CREATE INDEX command_lower_username_timestamp_ix ON command (lower(username), "timestamp" DESC, id DESC);
    CREATE INDEX command_lower_asset_name_timestamp_ix ON command (lower(asset_name), "timestamp" DESC, id DESC);
    DROP INDEX command_username_timestamp_ix;
    DROP INDEX command_asset_name_timestamp_ix;
  `,
};
