/** Clients that are libraries. A worker program around each library handles one request per line and runs on, which saves its start. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Run } from '../run-program.ts';
import type { Client, ClientLogin, Destination, LoginKind } from './client.ts';

interface Answer {
  readonly id: number;
  readonly status: number;
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly error: string;
}

/** A worker program, and the features of its library. */
export interface WorkerProgram {
  readonly name: string;
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  readonly logins: readonly LoginKind[];
  readonly lacks?: readonly string[];
  readonly hasSftp: boolean;
}

const TIMEOUT_MS = 30_000;

const loginFields = (login: ClientLogin): Record<string, string> => {
  if (login.kind === 'agent') return { login: 'agent', agent: login.socket };
  if (login.kind !== 'key') return { login: login.kind, password: login.password };
  return { login: 'key', key: login.key.openSsh, ...(login.key.certificate !== undefined && { cert: login.key.certificate }) };
};

const toRun = ({ status, stdout, stderr, error }: Answer): Run => ({
  status: error === '' ? status : null,
  stdout: Buffer.from(stdout ?? '', 'base64'),
  stderr: Buffer.from(stderr ?? '', 'base64').toString() + error,
});

/** A running worker program. */
class Worker {
  private nextId = 1;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly child: ChildProcessWithoutNullStreams;
  private log = '';
  private gone: string | undefined;

  constructor([file, ...args]: WorkerProgram['command']) {
    this.child = spawn(file, args);
    this.child.stderr.on('data', (bytes: Buffer) => (this.log = (this.log + bytes.toString()).slice(-4000)));
    this.child.on('error', (error) => this.fail(error.message));
    this.child.on('exit', (code, signal) => this.fail(`exited with ${code ?? signal}`));
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (line) => this.onAnswer(JSON.parse(line) as Answer));
  }

  ask(fields: Record<string, unknown>): Promise<Run> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.fail(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
      this.waiting.set(id, (answer) => {
        clearTimeout(late);
        resolve(toRun(answer));
      });
      if (this.gone !== undefined) this.fail(this.gone);
      else this.child.stdin.write(`${JSON.stringify({ id, ...fields })}\n`);
    });
  }

  get hasFailed(): boolean {
    return this.gone !== undefined;
  }

  stop(): void {
    this.child.kill();
  }

  private onAnswer(answer: Answer): void {
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
  }

  private fail(reason: string): void {
    this.gone = reason;
    this.child.kill('SIGKILL');
    for (const [id, answer] of this.waiting) answer({ id, status: -1, stdout: '', stderr: '', error: `${reason}\n${this.log}` });
    this.waiting.clear();
  }
}

/** Returns a client around a worker program. Starts the program at the first request, and again after a failure. */
export function workerClient({ name, version, command, logins, lacks = [], hasSftp }: WorkerProgram): Client {
  let worker: Worker | undefined;
  const ask = (fields: Record<string, unknown>): Promise<Run> => {
    if (worker === undefined || worker.hasFailed) worker = new Worker(command);
    return worker.ask(fields);
  };
  const request = ({ port, user, login }: Destination, fields: Record<string, unknown>): Promise<Run> =>
    ask({ port, user, ...loginFields(login), ...fields });
  return {
    name,
    logins,
    lacks,
    version: async () => {
      const run = await ask({ action: 'version' });
      if (run.status !== 0) throw new Error(run.stderr);
      return version;
    },
    exec: (to, execCommand, inputFile) => request(to, { action: 'exec', command: execCommand, input: inputFile ?? '' }),
    ...(hasSftp && {
      sftp: (to: Destination, local: string, remote: string, back: string) => request(to, { action: 'sftp', local, remote, back }),
    }),
    stop: () => worker?.stop(),
  };
}
