/** For tests: runs ssh-keygen and other tools in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SshReader } from '../wire/index.js';

/** A temporary folder for one test file; call `remove` at the end. */
export interface KeygenFolder {
  readonly folder: string;
  path(name: string): string;
  keygen(...args: string[]): string;
  run(command: string, ...args: string[]): string;
  read(name: string): string;
  remove(): void;
}

export const openKeygenFolder = (): KeygenFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-keys-'));
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  return {
    folder,
    path: (name) => join(folder, name),
    keygen: (...args) => run('/usr/bin/ssh-keygen', ...args),
    run,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    remove: () => rmSync(folder, { recursive: true }),
  };
};

/** Returns the blob in a line of an OpenSSH public key file. */
export const blobOfLine = (line: string): Buffer => Buffer.from(line.split(' ')[1]!, 'base64');

/** Returns the fields of an armored SSHSIG (PROTOCOL.sshsig). */
export const readSshSig = (armored: string) => {
  const reader = new SshReader(Buffer.from(armored.replace(/-----.*-----|\s/g, ''), 'base64'));
  reader.readBytes(6 + 4);
  const [publicKey, namespace, , hash, signature] = [
    reader.readString(),
    reader.readUtf8(),
    reader.readString(),
    reader.readUtf8(),
    reader.readString(),
  ];
  return { publicKey, namespace, hash, signature };
};
