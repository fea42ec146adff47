import type { Migration } from './migration.js';

/** Allows lines that a program read from a terminal, and adds its name. */
export const addProgram: Migration = {
  name: '0005-add-program',
  sql: `
    ALTER TABLE command
      ADD COLUMN program text,
      DROP CONSTRAINT command_kind_ck,
      ADD CONSTRAINT command_kind_ck CHECK (kind IN ('typed', 'exec', 'file', 'piped', 'program'))
  `,
};
