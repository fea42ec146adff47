import { createCommand } from './0001-create-command.js';
import { addOutputSize } from './0002-add-output-size.js';
import { allowPiped } from './0003-allow-piped.js';
import { addCertainty } from './0004-add-certainty.js';
import { addProgram } from './0005-add-program.js';
import { findNamesInAnyCase } from './0006-find-names-in-any-case.js';
import type { Migration } from './migration.js';

/** All migrations, oldest first. */
export const migrations: readonly Migration[] = [createCommand, addOutputSize, allowPiped, addCertainty, addProgram, findNamesInAnyCase];
