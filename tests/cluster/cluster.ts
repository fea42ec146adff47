import { spawn } from 'node:child_process';
import path from 'node:path';

/** Folder of the chart. */
export const CHART = path.resolve(import.meta.dirname, '../../helm/sallyport');

/** Exit code and output of a program. */
export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program with the cluster's KUBECONFIG. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs kubectl and returns its output. Throws with its error. */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { code, out, err } = await runProgram('kubectl', args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err || out}`);
  return out;
}

/** Runs helm. */
export const helm = (...args: string[]): Promise<Result> => runProgram('helm', args);
