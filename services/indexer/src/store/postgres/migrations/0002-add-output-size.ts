import type { Migration } from './migration.js';

/** How much of its output a command keeps. Of commands that are there nobody knows. */
export const addOutputSize: Migration = {
  name: '0002-add-output-size',
  sql: 'ALTER TABLE command ADD COLUMN output_truncated boolean, ADD COLUMN output_bytes bigint',
};
