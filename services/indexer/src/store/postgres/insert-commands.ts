import type { AppError } from '@sallyport/errors';
import type { Pool } from 'pg';
import type { Command } from '../command.js';
import { CommandRefused } from '../store.errors.js';
import { INSERT_SQL, insertParameters } from './command-columns.js';
import { isAboutTheData } from './postgres-problem.js';

/**
 * Inserts commands, in one statement if possible. A statement that fails for the content of a command is split until each such command
 * stands alone; those are returned. Throws any other error.
 */
export async function insertCommands(
  pool: Pool,
  commands: readonly Command[],
  refused = new Map<string, AppError>(),
): Promise<ReadonlyMap<string, AppError>> {
  try {
    if (commands.length > 0) await pool.query(INSERT_SQL, insertParameters(commands));
  } catch (error) {
    if (!isAboutTheData(error)) throw error;
    const [only] = commands;
    if (commands.length === 1 && only) return refused.set(only.id, new CommandRefused(only.id, error.message, error));
    const middle = Math.ceil(commands.length / 2);
    await insertCommands(pool, commands.slice(0, middle), refused);
    await insertCommands(pool, commands.slice(middle), refused);
  }
  return refused;
}
