import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { engine } from './image.ts';

/** Limits that podman may set on a machine where root can't raise its own. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
/** The root file system can't be written, and nothing is mounted over it that the test did not ask for. */
const STRICT = ['--read-only', '--read-only-tmpfs=false', '--cap-drop=all', '--security-opt', 'no-new-privileges', '--network', 'host'];

/** Environment, folders and arguments of a container. */
export interface ContainerPlan {
  readonly env?: Readonly<Record<string, string>>;
  /** Folders as SOURCE:TARGET[:ro]. */
  readonly volumes?: readonly string[];
  readonly workdir?: string;
  readonly args?: readonly string[];
}

export interface Container {
  /** Returns the output so far. */
  output(): string;
  readonly exited: Promise<number | null>;
  /** Sends SIGTERM to the first process. Returns the exit code and the seconds until the end. */
  stop(): Promise<{ readonly code: number | null; readonly seconds: number }>;
  /** Removes what is left of it. */
  remove(): void;
}

/** Starts an image with a read-only root file system, without capabilities, on the network of this machine. */
export function startContainer(image: string, { env = {}, volumes = [], workdir, args = [] }: ContainerPlan = {}): Container {
  const name = `sallyport-test-${randomUUID()}`;
  const options = [
    ...STRICT,
    ...LIMITS,
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...(workdir === undefined ? [] : ['--workdir', workdir]),
  ];
  const [file = 'podman', ...own] = engine.command;
  const child = spawn(file, [...own, 'run', '--rm', '--name', name, ...options, image, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    output: () => output,
    exited,
    stop: async () => {
      const before = performance.now();
      engine.read('kill', '--signal', 'TERM', name);
      return { code: await exited, seconds: (performance.now() - before) / 1000 };
    },
    remove: () => {
      engine.read('rm', '--force', '--ignore', name);
    },
  };
}

/** Runs an image to its end. */
export async function runToEnd(image: string, plan?: ContainerPlan): Promise<{ readonly code: number | null; readonly output: string }> {
  const container = startContainer(image, plan);
  const code = await container.exited;
  return { code, output: container.output() };
}
