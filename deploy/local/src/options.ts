import { OptionProblem, readOptions as read, type Options } from '../bootstrap/options.mjs';
import { OptionInvalid } from './local.errors.js';

export { USAGE, type Options } from '../bootstrap/options.mjs';

/**
 * Reads the command line with the code that checks it before anything is installed. Returns "help" if that was requested.
 * @throws OptionInvalid
 */
export function readOptions(args: readonly string[]): Options | 'help' {
  try {
    return read(args);
  } catch (error) {
    throw error instanceof OptionProblem ? new OptionInvalid(error.message) : error;
  }
}
