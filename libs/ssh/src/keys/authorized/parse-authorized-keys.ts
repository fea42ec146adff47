/** authorized_keys lines and files (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
import { SshKeyError } from '../key-error.js';
import { isKeyTypeName, parsePublicKeyLine } from '../public-key-line.js';
import type { AuthorizedKey, AuthorizedKeyProblem } from './authorized-key-options.js';
import { resolveOptions } from './resolve-options.js';
import { optionsFieldLength, splitOptions } from './split-options.js';

/**
 * Parses one line: `[options] type base64 [comment]`.
 * @throws SshKeyError if the key or any option is invalid: the line then authorizes nothing.
 */
export const parseAuthorizedKeysLine = (line: string): AuthorizedKey => {
  const text = line.trim();
  if (isKeyTypeName(text.split(/[ \t]/, 1)[0]!)) return { ...parsePublicKeyLine(text), options: resolveOptions([]) };
  const length = optionsFieldLength(text);
  const rest = text.slice(length).trim();
  if (rest === '') throw new SshKeyError('malformed', 'Authorized key must be "[options] type base64 [comment]"');
  const key = parsePublicKeyLine(rest);
  return { ...key, options: resolveOptions(splitOptions(text.slice(0, length))) };
};

/** Parses a file (sshd(8)): returns the keys, and the invalid lines as `problems`. Skips empty lines and `#` comments. */
export const parseAuthorizedKeys = (text: string): { readonly keys: AuthorizedKey[]; readonly problems: AuthorizedKeyProblem[] } => {
  const keys: AuthorizedKey[] = [];
  const problems: AuthorizedKeyProblem[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    try {
      keys.push(parseAuthorizedKeysLine(line));
    } catch (error) {
      if (!(error instanceof SshKeyError)) throw error;
      problems.push({ line: index + 1, error });
    }
  });
  return { keys, problems };
};
