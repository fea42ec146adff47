import type { Migration } from './migration.js';

/** Adds the size of a command's output, which is unknown for existing commands. */
export const addOutputSize: Migration = {
  name: '0002-add-output-size',
  sql: 'ALTER TABLE command ADD COLUMN output_truncated boolean, ADD COLUMN output_bytes bigint',
};
