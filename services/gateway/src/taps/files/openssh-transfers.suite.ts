import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileTap } from './file-fact.js';

/** Runs OpenSSH's own clients, git and rsync, with the host named `h`, against their own server sides. A tap in between sees the bytes that a channel of the gateway would. */
export class WatchedTransfers {
  readonly folder = mkdtempSync(join(tmpdir(), 'transfers-'));
  private readonly server: Server;
  private readonly ssh = join(this.folder, 'ssh');
  private readonly children: ChildProcess[] = [];

  constructor(
    private readonly tapFor: (commandLine: string) => FileTap,
    /** Splits the bytes into pieces of this many; 0 leaves them as they come. */
    private readonly pieceBytes = 0,
  ) {
    const socket = join(this.folder, 'socket');
    // A program that replaces `ssh`: it hands over the command line of the server side, then its own standard input and output.
    const bridge = `const c = require('net').connect(${JSON.stringify(socket)}); const a = process.argv.slice(2);
c.write(JSON.stringify(a) + '\\n'); process.stdin.pipe(c); c.pipe(process.stdout); c.on('error', () => process.exit(1));`;
    writeFileSync(join(this.folder, 'bridge.cjs'), bridge);
    writeFileSync(this.ssh, `#!/bin/sh\nexec ${process.execPath} ${join(this.folder, 'bridge.cjs')} "$@"\n`);
    chmodSync(this.ssh, 0o755);
    this.server = createServer({ allowHalfOpen: true }, (peer) => this.serve(peer)).listen(socket);
  }

  /** Runs a client in the work folder and resolves with its exit code. */
  run(program: 'scp' | 'sftp' | 'git' | 'rsync', args: string[], input = ''): Promise<number> {
    const how = { scp: ['-S', this.ssh], sftp: ['-S', this.ssh], rsync: ['-e', this.ssh], git: [] }[program];
    const env = { ...process.env, GIT_SSH_COMMAND: this.ssh, GIT_SSH_VARIANT: 'ssh', GIT_CONFIG_GLOBAL: '/dev/null' };
    const child = spawn(program, [...how, ...args], { cwd: this.folder, env, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end(input);
    return new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  }

  close(): void {
    this.server.close();
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private serve(peer: Socket): void {
    let head = Buffer.alloc(0);
    const onHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(10);
      if (end < 0) return;
      peer.off('data', onHead);
      this.connect(peer, JSON.parse(head.subarray(0, end).toString()) as string[], head.subarray(end + 1));
    };
    peer.on('data', onHead);
  }

  private connect(peer: Socket, args: string[], first: Buffer): void {
    const commandLine = args.includes('-s') ? 'sftp' : args.slice(args.indexOf('h') + 1).join(' ');
    // The same as `-o SendEnv=GIT_PROTOCOL`.
    const env = { ...process.env, ...(args.includes('SendEnv=GIT_PROTOCOL') && { GIT_PROTOCOL: 'version=2' }) };
    const far = spawn('/bin/sh', ['-c', commandLine === 'sftp' ? 'exec /usr/lib/openssh/sftp-server' : commandLine], {
      cwd: this.folder,
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.children.push(far);
    const tap = this.tapFor(commandLine);
    const toFar = (data: Buffer): void => {
      this.cut(data, (piece) => tap.input(piece));
      far.stdin.write(data);
    };
    toFar(first);
    peer.on('data', toFar);
    peer.on('end', () => far.stdin.end());
    peer.on('error', () => far.kill());
    far.stdin.on('error', () => undefined);
    far.stdout.on('data', (data: Buffer) => {
      this.cut(data, (piece) => tap.output(piece));
      peer.write(data);
    });
    far.once('close', (code) => {
      tap.close(code ?? undefined);
      peer.end();
    });
  }

  private cut(data: Buffer, take: (piece: Buffer) => void): void {
    const step = this.pieceBytes || data.length;
    // A copy that is wiped afterwards, as a buffer that is decrypted into again would be.
    for (let at = 0; at < data.length; at += step) {
      const piece = Buffer.from(data.subarray(at, at + step));
      take(piece);
      piece.fill(0xee);
    }
  }
}
