/** Name-lists (RFC 4251 §5 and §6): comma-separated US-ASCII names of 1 to 64 bytes. */
import { SshProtocolError } from './ssh-protocol-error.js';

const MAX_NAME_BYTES = 64;
const MAX_NAMES = 512;

/** Splits a name-list. Throws SshProtocolError for an empty name, a name above 64 bytes or more than 512 names. */
export const decodeNameList = (text: string): string[] => {
  if (text === '') return [];
  const names = text.split(',', MAX_NAMES + 1);
  if (names.length > MAX_NAMES) throw SshProtocolError.malformed(`Name-list contains more than ${MAX_NAMES} names`);
  for (const name of names) checkName(name);
  return names;
};

const checkName = (name: string): void => {
  if (name.length === 0) throw SshProtocolError.malformed('Name-list contains an empty name');
  if (name.length > MAX_NAME_BYTES)
    throw SshProtocolError.malformed(`Name-list contains a name of ${name.length} bytes; the limit is ${MAX_NAME_BYTES}`);
};
