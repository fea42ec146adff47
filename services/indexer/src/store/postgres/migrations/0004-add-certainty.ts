import type { Migration } from './migration.js';

/** Adds how sure a command's line is, which is unknown for existing commands. */
export const addCertainty: Migration = {
  name: '0004-add-certainty',
  sql: `
    ALTER TABLE command
      ADD COLUMN certainty text,
      ADD CONSTRAINT command_certainty_ck CHECK (certainty IN ('seen', 'piped', 'inferred', 'missed'))
  `,
};
