/** Requests of SFTP version 3 and OpenSSH's extensions (draft-ietf-secsh-filexfer-02 §6, OpenSSH's PROTOCOL 4). */
import { SshReader } from '../wire/index.js';
import { SftpMessage } from './message.js';
import type { SftpAttributes } from './operation.js';

/** A decoded request. Handles are hexadecimal, so that they can be compared and stored. */
export type SftpRequest =
  | { readonly kind: 'open'; readonly path: string; readonly flags: number }
  | {
      readonly kind: 'opendir' | 'remove' | 'rmdir' | 'readlink' | 'realpath' | 'stat' | 'lstat' | 'statvfs' | 'expand-path';
      readonly path: string;
    }
  | { readonly kind: 'mkdir'; readonly path: string; readonly attributes: SftpAttributes }
  | { readonly kind: 'setstat' | 'lsetstat'; readonly path: string; readonly attributes: SftpAttributes }
  | { readonly kind: 'fsetstat'; readonly handle: string; readonly attributes: SftpAttributes }
  | { readonly kind: 'close' | 'read' | 'readdir' | 'fstat' | 'fsync' | 'fstatvfs'; readonly handle: string }
  | { readonly kind: 'rename' | 'posix-rename' | 'hardlink'; readonly path: string; readonly newPath: string }
  | { readonly kind: 'symlink'; readonly target: string; readonly path: string }
  | { readonly kind: 'copy-data'; readonly from: string; readonly to: string; readonly bytes: bigint }
  | { readonly kind: 'limits' }
  | { readonly kind: 'extended'; readonly name: string };

/**
 * Decodes any request packet except WRITE. Returns undefined for a packet type that is not a request of version 3.
 * Throws SshProtocolError if it is malformed.
 */
export function decodeRequest(type: number, reader: SshReader): SftpRequest | undefined {
  switch (type) {
    case SftpMessage.open:
      return { kind: 'open', path: text(reader), flags: reader.readUint32() };
    case SftpMessage.close:
      return { kind: 'close', handle: handle(reader) };
    case SftpMessage.read:
      return { kind: 'read', handle: handle(reader) };
    case SftpMessage.readdir:
      return { kind: 'readdir', handle: handle(reader) };
    case SftpMessage.fstat:
      return { kind: 'fstat', handle: handle(reader) };
    case SftpMessage.fsetstat:
      return { kind: 'fsetstat', handle: handle(reader), attributes: decodeAttributes(reader) };
    case SftpMessage.setstat:
      return { kind: 'setstat', path: text(reader), attributes: decodeAttributes(reader) };
    case SftpMessage.mkdir:
      return { kind: 'mkdir', path: text(reader), attributes: decodeAttributes(reader) };
    case SftpMessage.rename:
      return { kind: 'rename', path: text(reader), newPath: text(reader) };
    case SftpMessage.symlink:
      return { kind: 'symlink', target: text(reader), path: text(reader) };
    case SftpMessage.extended:
      return decodeExtended(text(reader), reader);
    default:
      return decodePathRequest(type, reader);
  }
}

const PATH_REQUESTS: Readonly<Record<number, 'opendir' | 'remove' | 'rmdir' | 'readlink' | 'realpath' | 'stat' | 'lstat'>> = {
  [SftpMessage.opendir]: 'opendir',
  [SftpMessage.remove]: 'remove',
  [SftpMessage.rmdir]: 'rmdir',
  [SftpMessage.readlink]: 'readlink',
  [SftpMessage.realpath]: 'realpath',
  [SftpMessage.stat]: 'stat',
  [SftpMessage.lstat]: 'lstat',
};

const decodePathRequest = (type: number, reader: SshReader): SftpRequest | undefined => {
  const kind = PATH_REQUESTS[type];
  return kind === undefined ? undefined : { kind, path: text(reader) };
};

const decodeExtended = (name: string, reader: SshReader): SftpRequest => {
  switch (name) {
    case 'posix-rename@openssh.com':
      return { kind: 'posix-rename', path: text(reader), newPath: text(reader) };
    case 'hardlink@openssh.com':
      return { kind: 'hardlink', path: text(reader), newPath: text(reader) };
    case 'statvfs@openssh.com':
      return { kind: 'statvfs', path: text(reader) };
    case 'fstatvfs@openssh.com':
      return { kind: 'fstatvfs', handle: handle(reader) };
    case 'fsync@openssh.com':
      return { kind: 'fsync', handle: handle(reader) };
    case 'lsetstat@openssh.com':
      return { kind: 'lsetstat', path: text(reader), attributes: decodeAttributes(reader) };
    case 'limits@openssh.com':
      return { kind: 'limits' };
    case 'expand-path@openssh.com':
      return { kind: 'expand-path', path: text(reader) };
    case 'copy-data':
      return decodeCopy(reader);
    default:
      return { kind: 'extended', name };
  }
};

const decodeCopy = (reader: SshReader): SftpRequest => {
  const from = handle(reader);
  reader.readUint64();
  const bytes = reader.readUint64();
  return { kind: 'copy-data', from, bytes, to: handle(reader) };
};

const HAS_SIZE = 1;
const HAS_OWNER = 2;
const HAS_PERMISSIONS = 4;
const HAS_TIMES = 8;

/** Decodes ATTRS of version 3 (§5). Ignores extended pairs. */
const decodeAttributes = (reader: SshReader): SftpAttributes => {
  const flags = reader.readUint32();
  return {
    ...((flags & HAS_SIZE) !== 0 && { sizeBytes: reader.readUint64() }),
    ...((flags & HAS_OWNER) !== 0 && { uid: reader.readUint32(), gid: reader.readUint32() }),
    ...((flags & HAS_PERMISSIONS) !== 0 && { permissions: reader.readUint32() }),
    ...((flags & HAS_TIMES) !== 0 && { accessTime: reader.readUint32(), modifyTime: reader.readUint32() }),
  };
};

const text = (reader: SshReader): string => reader.readString().toString('utf8');

const handle = (reader: SshReader): string => reader.readString(256).toString('hex');
