import type { Migration } from './migration.js';

/** Allows commands that a shell read from the input of a channel without a terminal. */
export const allowPiped: Migration = {
  name: '0003-allow-piped',
  sql: `
    ALTER TABLE command
      DROP CONSTRAINT command_kind_ck,
      ADD CONSTRAINT command_kind_ck CHECK (kind IN ('typed', 'exec', 'file', 'piped'))
  `,
};
