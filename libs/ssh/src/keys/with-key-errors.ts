import { SshProtocolError } from '../wire/index.js';
import { SshKeyError } from './key-error.js';

/** Runs a parser and converts SshProtocolError into SshKeyError `malformed`: an invalid key is not always a peer's fault. */
export const withKeyErrors = <T>(what: string, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SshProtocolError)) throw error;
    throw new SshKeyError('malformed', `${what} is malformed: ${error.message}`, { cause: error });
  }
};
