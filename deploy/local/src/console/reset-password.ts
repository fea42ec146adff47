import { partEnvironment, tryCommand } from '@sallyport/backing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConsoleFailed, NothingRuns } from '../local.errors.js';
import { mainOf } from '../parts/service-units.js';

/**
 * Lets core set a one-time password, and returns the line that contains it.
 * @throws NothingRuns, ConsoleFailed
 */
export async function resetPassword(data: string, username: string): Promise<string> {
  await requireRunning(data);
  const secret = (name: string): string => join(data, 'secrets', name);
  const env = {
    CORE_DATABASE_URL_FILE: secret('core-service-database-url'),
    CORE_SEALING_KEYS_FILE: secret('sealing-keys.json'),
    LOG_LEVEL: 'error',
  };
  const argv = [mainOf('core'), 'reset-password', username];
  const { code, stdout, stderr } = await tryCommand(process.execPath, argv, { env: partEnvironment(env), cwd: data });
  if (code !== 0) throw new ConsoleFailed(stderr.trim());
  return stdout;
}

/** Throws NothingRuns unless the launcher runs, and the database with it. */
async function requireRunning(data: string): Promise<void> {
  try {
    process.kill((JSON.parse(await readFile(join(data, 'run.json'), 'utf8')) as { pid: number }).pid, 0);
  } catch {
    throw new NothingRuns(data);
  }
}
