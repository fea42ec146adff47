import { SshReader, SshWriter } from '@sallyport/ssh';

/** Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02 §3). */
export const Sftp = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
} as const;

/** Flags of OPEN. */
export const OpenFlag = { READ: 1, WRITE: 2, APPEND: 4, CREAT: 8, TRUNC: 16, EXCL: 32 } as const;

const Has = { SIZE: 1, OWNER: 2, MODE: 4, TIMES: 8 } as const;

/** Attributes of a file, as far as they are known; times in seconds. */
export interface Attributes {
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly atime?: number;
  readonly mtime?: number;
}

/** An entry of a listing. */
export interface FileEntry {
  readonly filename: string;
  readonly longname: string;
  readonly attrs: Attributes;
}

/** Reads attributes (§5). Extended ones, which come last, are left unread. */
export function readAttributes(reader: SshReader): Attributes {
  const flags = reader.readUint32();
  return {
    ...((flags & Has.SIZE) !== 0 && { size: Number(reader.readUint64()) }),
    ...((flags & Has.OWNER) !== 0 && { uid: reader.readUint32(), gid: reader.readUint32() }),
    ...((flags & Has.MODE) !== 0 && { mode: reader.readUint32() }),
    ...((flags & Has.TIMES) !== 0 && { atime: reader.readUint32(), mtime: reader.readUint32() }),
  };
}

/** Writes attributes (§5). */
export function writeAttributes(writer: SshWriter, { size, uid, gid, mode, atime, mtime }: Attributes): void {
  const hasOwner = uid !== undefined && gid !== undefined;
  const hasTimes = atime !== undefined && mtime !== undefined;
  const flags =
    (size === undefined ? 0 : Has.SIZE) | (hasOwner ? Has.OWNER : 0) | (mode === undefined ? 0 : Has.MODE) | (hasTimes ? Has.TIMES : 0);
  writer.writeUint32(flags);
  if (size !== undefined) writer.writeUint64(BigInt(size));
  if (hasOwner) writer.writeUint32(uid).writeUint32(gid);
  if (mode !== undefined) writer.writeUint32(mode);
  if (hasTimes) writer.writeUint32(atime).writeUint32(mtime);
}
