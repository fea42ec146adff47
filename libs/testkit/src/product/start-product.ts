import { freePort, waitUntil } from '@sallyport/backing';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workFolder } from '../place/work-folder.js';
import type { SshTarget } from '../ssh-client/ssh-options.js';
import { ProductNotReady } from '../testkit.errors.js';
import { signIn, type Rest } from './rest.js';
import { adminRest } from './admin-rest.js';
import type { RunFile } from './run-file.js';

/** The whole product: the launcher and every process that it started. */
export interface Product {
  /** Returns run.json as it is now: process ids change when a part is started again. */
  run(): Promise<RunFile>;
  readonly api: string;
  readonly data: string;
  /** Returns the output of the launcher so far. */
  output(): string;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  /** Signs in as the admin. The first call changes the first password. */
  asAdmin(): Promise<Rest>;
  /** Signs in as a user. */
  as(username: string, password: string): Promise<Rest>;
  /** Returns the demo user's SSH target: direct to the demo asset, or another target such as `other@web-1`. */
  ssh(target?: string): Promise<SshTarget>;
  /** Returns the present process id of a service or backing part. */
  pidOf(name: string): Promise<number>;
  /** Sends Ctrl-C and returns the exit code. Keeps the data if the caller chose their folder, removes them otherwise. */
  stop(): Promise<number | null>;
}

/** Settings of a start. */
export interface ProductOptions {
  readonly with?: readonly ('elasticsearch' | 's3')[];
  /** A folder that outlives this start. By default the data are removed at the end. */
  readonly data?: string;
  readonly demoAsset?: 'openssh' | 'builtin';
  /** Ports, if two starts have to use the same. */
  readonly httpPort?: number;
  readonly sshPort?: number;
  readonly readyDeadlineMs?: number;
  /** Settings of the services, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

const LAUNCHER = fileURLToPath(new URL('../../../../deploy/local/dist/main.js', import.meta.url));

/**
 * Starts the built product as `npm start` does and waits until it is ready.
 * @throws ProductNotReady with the launcher's output
 */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const folder = options.data === undefined ? await workFolder('product') : undefined;
  const data = options.data ?? join(folder?.path ?? '', 'data');
  await mkdir(data, { recursive: true });
  const child = await spawnLauncher(options, data);
  const output = collect(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const run = (): Promise<RunFile> => readRunFile(data);
  await untilReady(data, exited, output, options.readyDeadlineMs ?? 240_000).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await folder?.remove();
    throw error;
  });
  const { api } = await run();
  return {
    run,
    api,
    data,
    output,
    pid: child.pid ?? 0,
    exited,
    asAdmin: async () => adminRest(await run(), data),
    as: (username, password) => signIn(api, username, password),
    ssh: async (target) => sshTarget(await run(), target),
    pidOf: async (name) => pidOf(await run(), name),
    stop: async () => {
      child.kill('SIGINT');
      const code = await Promise.race([exited, sleep(60_000, 'late' as const, { ref: false })]);
      if (code === 'late') child.kill('SIGKILL');
      await folder?.remove();
      return code === 'late' ? null : code;
    },
  };
}

async function spawnLauncher(options: ProductOptions, data: string): Promise<ChildProcess> {
  const httpPort = options.httpPort ?? (await freePort());
  const sshPort = options.sshPort ?? (await freePort());
  const extras = options.with === undefined ? [] : ['--with', options.with.join(',')];
  const demo = options.demoAsset === undefined ? [] : ['--demo-asset', options.demoAsset];
  const settings = Object.entries(options.settings ?? {}).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const args = [LAUNCHER, '--data', data, '--http-port', String(httpPort), '--ssh-port', String(sshPort), ...extras, ...demo, ...settings];
  // It ends with this process, and with it every process that it started.
  return spawn('setpriv', ['--pdeathsig', 'TERM', '--', process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

async function untilReady(data: string, exited: Promise<number | null>, output: () => string, deadlineMs: number): Promise<void> {
  let gone = false;
  void exited.then(() => (gone = true));
  await waitUntil(
    async () =>
      gone ||
      (await readRunFile(data).then(
        () => true,
        () => false,
      )),
    deadlineMs,
    100,
  );
  if (
    gone ||
    !(await readRunFile(data).then(
      () => true,
      () => false,
    ))
  )
    throw new ProductNotReady(gone, deadlineMs / 1000, output());
}

async function readRunFile(data: string): Promise<RunFile> {
  return JSON.parse(await readFile(join(data, 'run.json'), 'utf8')) as RunFile;
}

function sshTarget({ ssh, demo }: RunFile, target = `${demo.account}@${demo.asset}`): SshTarget {
  const user = target === '' ? demo.username : `${demo.username}@${target}`;
  return { host: ssh.host, port: ssh.port, user, privateKeyFile: demo.private_key_file };
}

function pidOf(run: RunFile, name: string): number {
  return [...run.services, ...run.backing].find((part) => part.name === name)?.pid ?? 0;
}
