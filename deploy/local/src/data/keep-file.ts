import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * Returns the file's text, made by `make` at the first call. Mode 0600. A file that exists and can't be read is never replaced: data were
 * sealed with it.
 */
export async function keepFile(path: string, make: () => string | Promise<string>): Promise<string> {
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return kept;
  const text = await make();
  await replaceFile(path, text);
  return text;
}

/** Writes a file in one step, mode 0600: a reader sees the old text or the new one, and a crash leaves no half-written file. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, text, { mode: 0o600, flush: true });
  await rename(beside, path);
}
