/** Public keys as text: `type base64 comment`, as in .pub files, authorized_keys and known_hosts. */
import type { OfferedKey } from './certificate.js';
import { SshKeyError } from './key-error.js';
import { isCertificateType } from './parse-certificate.js';
import { parseAnyKeyBlob } from './parse-offered-key.js';
import { isKeyType } from './public-key-blob.js';

/** A key and the comment after it. */
export interface PublicKeyLine {
  readonly key: OfferedKey;
  readonly comment: string;
}

const MAX_LINE_BYTES = 96 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Parses one line without options. Accepts a certificate (`…-cert-v01@openssh.com`) too.
 * @throws SshKeyError if it is invalid. The message quotes the type, never the whole line.
 */
export const parsePublicKeyLine = (line: string): PublicKeyLine => {
  if (line.length > MAX_LINE_BYTES) throw new SshKeyError('malformed', `Public key line of ${line.length} characters is too long`);
  const [, type, base64, comment] = /^\s*(\S+)[ \t]+(\S+)(?:[ \t]+(.*?))?\s*$/.exec(line) ?? [];
  if (type === undefined || base64 === undefined) throw new SshKeyError('malformed', 'Public key line must be "type base64 [comment]"');
  if (!isKeyTypeName(type)) throw new SshKeyError('unsupported', `Key type "${type.slice(0, 80)}" is not supported`);
  if (!BASE64.test(base64)) throw new SshKeyError('malformed', `Public key of type "${type}" is not Base64`);
  const key = parseAnyKeyBlob(Buffer.from(base64, 'base64'));
  if (key.type !== type) throw new SshKeyError('malformed', `Public key line states "${type}" but contains a "${key.type}" key`);
  return { key, comment: comment ?? '' };
};

/** Returns true for the name of a key or certificate type; distinguishes keys from options in authorized_keys. */
export const isKeyTypeName = (word: string): boolean => isKeyType(word) || isCertificateType(word);

/** Returns the line of a .pub file, without a newline. */
export const formatPublicKeyLine = (key: OfferedKey, comment = ''): string =>
  `${key.type} ${key.blob.toString('base64')}${comment === '' ? '' : ` ${comment}`}`;
