import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, freePort } from '@sallyport/backing';

const run = promisify(execFile);
const scripts = path.join(import.meta.dirname, 'lab');
const ARCHIVE = 'k8slab-bin.tar.zst';

/** A cluster of the tests' own. */
export interface Lab {
  readonly kubeconfig: string;
  /** Folder of kubectl and helm. */
  readonly programs: string;
  /** Imports image archives into the node. */
  load(archives: readonly string[]): Promise<void>;
  /** Returns the arguments that run a program inside the cluster's network. */
  inside(program: string, ...args: string[]): readonly [string, readonly string[]];
  stop(): Promise<void>;
}

/** Starts a Kubernetes with one node. Its processes, network and mounts are in namespaces of their own, which end with it. */
export async function startLab(): Promise<Lab> {
  const folder = path.join(cacheDirectory(), 'cluster');
  const env = { ...process.env, D: folder, CACHE: archive(folder), PORT: String(await freePort()) };
  const script = async (name: string, ...args: string[]): Promise<void> => {
    await run('bash', [path.join(scripts, name), ...args], { env, maxBuffer: 64 * 1024 * 1024 }).catch((error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${name} failed:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`, { cause: error });
    });
  };
  await script('build.sh');
  await script('up.sh');
  return {
    kubeconfig: path.join(folder, 'run/admin.kubeconfig'),
    programs: path.join(folder, 'bin'),
    load: (archives) => script('load.sh', ...archives),
    inside: (program, ...args) => ['env', [`D=${folder}`, 'bash', path.join(scripts, 'enter.sh'), program, ...args]],
    stop: () => script('down.sh'),
  };
}

/** Returns the archive of the programs: of the environment, beside the checkout, or the one that a build leaves. */
function archive(folder: string): string {
  const given = process.env['SALLYPORT_K8SLAB'];
  if (given !== undefined && given !== '') return given;
  const beside = path.resolve(import.meta.dirname, '../../../shared/k8slab', ARCHIVE);
  return existsSync(beside) ? beside : path.join(folder, ARCHIVE);
}
