import { createCommand } from './0001-create-command.js';
import type { Migration } from './migration.js';

/** All steps, oldest first. */
export const migrations: readonly Migration[] = [createCommand];
