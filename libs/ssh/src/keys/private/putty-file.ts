/** The text of a PuTTY private key file (.ppk): header lines, then Base64 blocks with a line count (PuTTY manual, appendix C). */
import { SshKeyError } from '../key-error.js';

/** The fields of a .ppk file, not checked yet. */
export interface PuttyFile {
  readonly version: 2 | 3;
  readonly algorithm: string;
  readonly encryption: string;
  readonly comment: string;
  readonly publicBlob: Buffer;
  /** Encrypted unless `encryption` is `none`. */
  readonly privateBlob: Buffer;
  readonly mac: Buffer;
  /** All other header lines, by name (`Argon2-Memory`, …). */
  readonly headers: ReadonlyMap<string, string>;
}

const MAX_BLOCK_LINES = 1000;

/** Returns true if the text is a PuTTY file of any version. */
export const isPuttyFile = (text: string): boolean => text.startsWith('PuTTY-User-Key-File-');

/** Splits a .ppk file into its fields. Throws SshKeyError if it is malformed or of an unknown version. */
export const readPuttyFile = (text: string): PuttyFile => {
  const lines = text.split(/\r\n|\n|\r/);
  const [name, algorithm] = splitHeader(lines[0] ?? '');
  const version = Number(name.slice('PuTTY-User-Key-File-'.length));
  if (version !== 2 && version !== 3)
    throw new SshKeyError('unsupported', `PuTTY key file version "${name}" is not supported; save it again with a newer PuTTYgen`);
  const headers = new Map<string, string>();
  const blocks = new Map<string, Buffer>();
  for (let at = 1; at < lines.length; at += 1) {
    if (lines[at] === '') continue;
    const [key, value] = splitHeader(lines[at]!);
    if (!key.endsWith('-Lines')) headers.set(key, value);
    else at += readBlock(key, value, lines, at + 1, blocks);
  }
  return assemble(version, algorithm, headers, blocks);
};

const splitHeader = (line: string): [string, string] => {
  const colon = line.indexOf(': ');
  if (colon < 1) throw new SshKeyError('malformed', 'PuTTY key file has a line that is not a header');
  return [line.slice(0, colon), line.slice(colon + 2)];
};

const readBlock = (key: string, value: string, lines: readonly string[], from: number, blocks: Map<string, Buffer>): number => {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > MAX_BLOCK_LINES || from + count > lines.length) {
    throw new SshKeyError('malformed', `PuTTY key file has a wrong number of lines in "${key}"`);
  }
  blocks.set(key, Buffer.from(lines.slice(from, from + count).join(''), 'base64'));
  return count;
};

const assemble = (version: 2 | 3, algorithm: string, headers: Map<string, string>, blocks: Map<string, Buffer>): PuttyFile => {
  const publicBlob = blocks.get('Public-Lines');
  const privateBlob = blocks.get('Private-Lines');
  const mac = headers.get('Private-MAC');
  const encryption = headers.get('Encryption');
  if (publicBlob === undefined || privateBlob === undefined || mac === undefined || encryption === undefined) {
    throw new SshKeyError('malformed', 'PuTTY key file is incomplete');
  }
  return {
    version,
    algorithm,
    encryption,
    comment: headers.get('Comment') ?? '',
    publicBlob,
    privateBlob,
    mac: Buffer.from(mac, 'hex'),
    headers,
  };
};
