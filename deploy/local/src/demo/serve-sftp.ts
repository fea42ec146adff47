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
import { SftpStatus, type SshReader } from '@sallyport/ssh';
import type { Program } from './program.js';
import { endSession, type SessionChannel } from './session-channel.js';
import { attributesOf, fileEntry } from './sftp-attributes.js';
import { createHandleTable, type HandleTable } from './sftp-handles.js';
import { openPacket, packetsOf, SftpAnswers } from './sftp-packets.js';
import { OpenFlag, readAttributes, Sftp, type Attributes } from './sftp-wire.js';

/** Longest read that one message answers; clients request the rest again. */
const MAX_READ_BYTES = 262_144;

/** Answers one kind of request; its fields are read first. An error is answered as the status that it means. */
type Answer = (id: number, fields: SshReader) => Promise<unknown>;

/**
 * Serves SFTP version 3 (draft-ietf-secsh-filexfer-02) on the files of this process's user. Relative paths start at `home`. Requests are
 * answered one after the other, in the order of arrival. The draft allows another order, but OpenSSH's scp treats the first gap in the
 * answers to its writes as the end of the file.
 */
export function serveSftp(session: SessionChannel, home: string): Program {
  const handles = createHandleTable();
  const answers = new SftpAnswers(session.stream);
  const table = requestTable(answers, handles, home);
  const serve = async (): Promise<void> => {
    for await (const packet of packetsOf(session.stream)) {
      const { type, id, reader } = openPacket(packet);
      const answer = table.get(type);
      if (type === Sftp.INIT) await answers.version();
      else if (answer === undefined) await answers.status(id, SftpStatus.operationUnsupported, 'not supported');
      else await answer(id, reader).catch((error: NodeJS.ErrnoException) => answers.status(id, statusOf(error), error.message));
    }
  };
  // Without an exit status scp treats a copy as failed.
  void serve()
    .then(
      () => endSession(session, 0),
      () => endSession(session, 1),
    )
    .then(() => handles.closeAll());
  return { hangUp: () => session.stream.destroy(), resize: () => undefined, signal: () => undefined };
}

function requestTable(answers: SftpAnswers, handles: HandleTable, home: string): Map<number, Answer> {
  const table = new Map<number, Answer>();
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(home, path));
  const textOf = (fields: SshReader): string => fields.readString().toString();
  const pathOf = (fields: SshReader): string => at(textOf(fields));
  const done = (id: number): Promise<void> => answers.status(id, SftpStatus.ok);
  const named = (id: number, filename: string): Promise<void> => answers.name(id, [{ filename, longname: filename, attrs: {} }]);
  const on = (type: number, answer: Answer): void => void table.set(type, answer);
  const plain = (type: number, work: (path: string, fields: SshReader) => Promise<unknown>): void =>
    on(type, async (id, fields) => {
      await work(pathOf(fields), fields);
      await done(id);
    });

  on(Sftp.OPEN, async (id, fields) => {
    const [path, flags, { mode = 0o644 }] = [pathOf(fields), fields.readUint32(), readAttributes(fields)];
    await answers.handle(id, handles.add(await open(path, openFlags(flags), mode & 0o7777)));
  });
  on(Sftp.READ, async (id, fields) => {
    const [file, offset] = [handles.file(fields.readString()), Number(fields.readUint64())];
    const length = Math.min(fields.readUint32(), MAX_READ_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead === 0) await answers.status(id, SftpStatus.eof);
    else await answers.data(id, buffer.subarray(0, bytesRead));
  });
  on(Sftp.WRITE, async (id, fields) => {
    const [file, offset] = [handles.file(fields.readString()), Number(fields.readUint64())];
    await writeAll(file, fields.readString(), offset);
    await done(id);
  });
  on(Sftp.CLOSE, async (id, fields) => {
    await handles.close(fields.readString());
    await done(id);
  });
  on(Sftp.OPENDIR, async (id, fields) => {
    const folder = pathOf(fields);
    const entries = [];
    for (const name of ['.', '..', ...(await readdir(folder))]) entries.push(fileEntry(name, await lstat(join(folder, name))));
    await answers.handle(id, handles.add(entries));
  });
  on(Sftp.READDIR, async (id, fields) => {
    const entries = handles.folder(fields.readString()).splice(0, 100);
    if (entries.length === 0) await answers.status(id, SftpStatus.eof);
    else await answers.name(id, entries);
  });
  on(Sftp.STAT, async (id, fields) => answers.attrs(id, attributesOf(await stat(pathOf(fields)))));
  on(Sftp.LSTAT, async (id, fields) => answers.attrs(id, attributesOf(await lstat(pathOf(fields)))));
  on(Sftp.FSTAT, async (id, fields) => answers.attrs(id, attributesOf(await handles.file(fields.readString()).stat())));
  on(Sftp.REALPATH, async (id, fields) => {
    const path = pathOf(fields);
    await named(id, await realpath(path).catch(() => path)); // OpenSSH answers for a path that does not exist yet, too
  });
  on(Sftp.READLINK, async (id, fields) => named(id, await readlink(pathOf(fields))));
  plain(Sftp.SETSTAT, (path, fields) => change(path, readAttributes(fields)));
  plain(Sftp.MKDIR, (path, fields) => mkdir(path, (readAttributes(fields).mode ?? 0o755) & 0o7777));
  plain(Sftp.RMDIR, (path) => rmdir(path));
  plain(Sftp.REMOVE, (path) => rm(path));
  plain(Sftp.RENAME, (from, fields) => rename(from, pathOf(fields)));
  on(Sftp.SYMLINK, async (id, fields) => {
    // OpenSSH sends the target first, against the draft.
    const [target, link] = [textOf(fields), pathOf(fields)];
    await symlink(target, link);
    await done(id);
  });
  on(Sftp.FSETSTAT, async (id, fields) => {
    const [file, attributes] = [handles.file(fields.readString()), readAttributes(fields)];
    if (attributes.size !== undefined) await file.truncate(attributes.size);
    if (attributes.mode !== undefined) await file.chmod(attributes.mode & 0o7777);
    if (attributes.mtime !== undefined) await file.utimes(attributes.atime ?? attributes.mtime, attributes.mtime);
    await done(id);
  });
  return table;
}

function statusOf(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT') return SftpStatus.noSuchFile;
  if (error.code === 'EACCES' || error.code === 'EPERM') return SftpStatus.permissionDenied;
  return SftpStatus.failure;
}

function openFlags(flags: number): number {
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const access =
    has(OpenFlag.READ) && has(OpenFlag.WRITE) ? constants.O_RDWR : has(OpenFlag.WRITE) ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    access |
    (has(OpenFlag.APPEND) ? constants.O_APPEND : 0) |
    (has(OpenFlag.CREAT) ? constants.O_CREAT : 0) |
    (has(OpenFlag.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OpenFlag.EXCL) ? constants.O_EXCL : 0)
  );
}

async function writeAll(file: FileHandle, data: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < data.length; ) done += (await file.write(data, done, data.length - done, offset + done)).bytesWritten;
}

async function change(path: string, attributes: Attributes): Promise<void> {
  if (attributes.size !== undefined) await truncate(path, attributes.size);
  if (attributes.mode !== undefined) await chmod(path, attributes.mode & 0o7777);
  if (attributes.mtime !== undefined) await utimes(path, attributes.atime ?? attributes.mtime, attributes.mtime);
}
