import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const CLI = path.resolve(import.meta.dirname, '../../services/cli/dist/main.js');

/** Exit code and output of `sallyport`. */
export interface Verdict {
  readonly code: number;
  readonly output: string;
}

/** Runs `sallyport verify`. */
export const verifyRecording = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Verdict> =>
  sallyport(['verify', ...args], env);

/** Runs `sallyport` from its compiled file. */
export function sallyport(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Copies a file with one byte changed. Returns the copy's name. */
export async function flipByte(file: string, at: number): Promise<string> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(`${file}.flipped`, bytes);
  return `${file}.flipped`;
}
