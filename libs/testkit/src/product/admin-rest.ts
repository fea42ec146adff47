import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signIn, type Rest } from './rest.js';
import type { RunFile } from './run-file.js';

/**
 * Signs in as the admin. The password of run.json serves only to change it. The data folder keeps the new one, so that a test can sign in
 * after a second start on the same data.
 */
export async function adminRest(run: RunFile, data: string): Promise<Rest> {
  const file = join(data, 'test-admin-password');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return signIn(run.api, run.admin.username, kept);
  const first = await signIn(run.api, run.admin.username, run.admin.password);
  const password = `Test-${randomBytes(12).toString('base64url')}-1`;
  await first.post('users/profile/password', { old_password: run.admin.password, new_password: password });
  await writeFile(file, password, { mode: 0o600 });
  return signIn(run.api, run.admin.username, password);
}
