import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test. */
export interface WorkFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder below the system's temporary folder. Every user may walk through it: parts that refuse root live there as another user.
 */
export async function workFolder(purpose: string): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), `sallyport-${purpose}-`));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
