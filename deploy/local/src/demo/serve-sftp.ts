import { constants } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  truncate,
  utimes,
  type FileHandle,
} from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import { attributesOf, fileEntry } from './sftp-attributes.js';
import { createHandleTable } from './sftp-handles.js';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

/** Longest read that one message answers; clients request the rest again. */
const MAX_READ_BYTES = 262_144;

/** Serves SFTP version 3 (draft-ietf-secsh-filexfer-02) on the files of this process's user. Relative paths start at `home`. */
export function serveSftp(sftp: SFTPWrapper, home: string): void {
  const handles = createHandleTable();
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(home, path));
  const on = sftpRequests(sftp);
  sftp.on('end', () => endChannel(sftp));
  sftp.on('close', () => void handles.closeAll());

  on('OPEN', async (id, path: string, flags: number, attributes: Attributes) => {
    sftp.handle(id, handles.add(await open(at(path), openFlags(flags), attributes.mode ?? 0o644)));
  });
  on('READ', async (id, handle: Buffer, offset: number, length: number) => {
    const { buffer, bytesRead } = await handles
      .file(handle)
      .read(Buffer.alloc(Math.min(length, MAX_READ_BYTES)), 0, Math.min(length, MAX_READ_BYTES), offset);
    if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, buffer.subarray(0, bytesRead));
  });
  on('WRITE', async (id, handle: Buffer, offset: number, data: Buffer) => {
    await writeAll(handles.file(handle), data, offset);
    sftp.status(id, STATUS_CODE.OK);
  });
  on('CLOSE', async (id, handle: Buffer) => {
    await handles.close(handle);
    sftp.status(id, STATUS_CODE.OK);
  });
  on('OPENDIR', async (id, path: string) => {
    const folder = at(path);
    const entries = [];
    for (const name of ['.', '..', ...(await readdir(folder))]) entries.push(fileEntry(name, await lstat(join(folder, name))));
    sftp.handle(id, handles.add(entries));
  });
  on('READDIR', async (id, handle: Buffer) => {
    const entries = handles.folder(handle).splice(0, 100);
    if (entries.length === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.name(id, entries);
  });
  on('STAT', async (id, path: string) => sftp.attrs(id, attributesOf(await stat(at(path)))));
  on('LSTAT', async (id, path: string) => sftp.attrs(id, attributesOf(await lstat(at(path)))));
  on('FSTAT', async (id, handle: Buffer) => sftp.attrs(id, attributesOf(await handles.file(handle).stat())));
  on('REALPATH', async (id, path: string) => {
    const filename = await realpath(at(path)).catch(() => at(path)); // OpenSSH answers for a path that does not exist yet, too
    sftp.name(id, [{ filename, longname: filename, attrs: {} as Attributes }]);
  });
  on('READLINK', async (id, path: string) => {
    const filename = await readlink(at(path));
    sftp.name(id, [{ filename, longname: filename, attrs: {} as Attributes }]);
  });

  const plain = (event: string, work: (first: string, second: never) => Promise<unknown>): void =>
    on(event, async (id, first: string, second: never) => {
      await work(first, second);
      sftp.status(id, STATUS_CODE.OK);
    });
  plain('SETSTAT', (path, attributes: Attributes) => change(at(path), attributes));
  plain('MKDIR', (path, attributes: Attributes) => mkdir(at(path), attributes.mode ?? 0o755));
  plain('RMDIR', (path) => rmdir(at(path)));
  plain('REMOVE', (path) => rm(at(path)));
  plain('RENAME', (from, to: string) => rename(at(from), at(to)));
  plain('SYMLINK', (target, link: string) => symlink(target, at(link)));
  on('FSETSTAT', async (id, handle: Buffer, attributes: Attributes) => {
    const file = handles.file(handle);
    if (attributes.size !== undefined) await file.truncate(attributes.size);
    if (attributes.mode !== undefined) await file.chmod(attributes.mode & 0o7777);
    if (attributes.mtime !== undefined) await file.utimes(attributes.atime, attributes.mtime);
    sftp.status(id, STATUS_CODE.OK);
  });
}

/**
 * The internals of ssh2 (pinned to one version) that are used here. An SFTP channel lacks `exit` there, and scp treats a missing exit
 * status as a failure.
 */
interface SftpInternals {
  readonly outgoing: { readonly id: number };
  readonly _protocol: { exitStatus(channel: number, code: number): void };
}

/** Ends our half of the channel: the client has sent EOF and waits for it. */
function endChannel(sftp: SFTPWrapper): void {
  const inside = sftp as unknown as SftpInternals;
  inside._protocol.exitStatus(inside.outgoing.id, 0);
  sftp.end();
}

/**
 * Registers request handlers. An error that one throws is answered as the status that it means. Requests are handled one after the other,
 * in the order of arrival. The draft allows answers in another order. But OpenSSH's scp treats the first gap in the answers to its writes
 * as the end of the file.
 */
function sftpRequests(sftp: SFTPWrapper) {
  let last = Promise.resolve();
  return <Args extends unknown[]>(event: string, answer: (id: number, ...args: Args) => Promise<unknown>): void => {
    (sftp as NodeJS.EventEmitter).on(event, (id: number, ...args: Args) => {
      const copied = args.map((arg) => (Buffer.isBuffer(arg) ? Buffer.from(arg) : arg)) as Args; // ssh2 reuses its packet
      last = last.then(async () => {
        try {
          await answer(id, ...copied);
        } catch (error) {
          sftp.status(id, statusOf(error as NodeJS.ErrnoException), (error as Error).message);
        }
      });
    });
  };
}

function statusOf(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  if (error.code === 'EACCES' || error.code === 'EPERM') return STATUS_CODE.PERMISSION_DENIED;
  return STATUS_CODE.FAILURE;
}

function openFlags(flags: number): number {
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const access =
    has(OPEN_MODE.READ) && has(OPEN_MODE.WRITE) ? constants.O_RDWR : has(OPEN_MODE.WRITE) ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    access |
    (has(OPEN_MODE.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN_MODE.CREAT) ? constants.O_CREAT : 0) |
    (has(OPEN_MODE.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OPEN_MODE.EXCL) ? constants.O_EXCL : 0)
  );
}

async function writeAll(file: FileHandle, data: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < data.length; ) done += (await file.write(data, done, data.length - done, offset + done)).bytesWritten;
}

async function change(path: string, attributes: Attributes): Promise<void> {
  if (attributes.size !== undefined) await truncate(path, attributes.size);
  if (attributes.mode !== undefined) await chmod(path, attributes.mode & 0o7777);
  if (attributes.mtime !== undefined) await utimes(path, attributes.atime, attributes.mtime);
}
