import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '@sallyport/backing';
import { makeSshKey } from './ssh-key.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ssh-key-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

// Numbers with a leading zero byte appear once in 256 keys: ten of each find most mistakes. The high bit is set in half of them.
test.each([
  ['ed25519', 10],
  ['ecdsa', 10],
  ['rsa', 2],
] as const)('ssh-keygen reads %s keys and finds the same public half and fingerprint', async (type, count) => {
  for (let round = 0; round < count; round += 1) {
    const key = await makeSshKey(type, 'me@here');
    const file = join(folder, `${type}-${round}`);
    await writeFile(file, key.privateKey, { mode: 0o600 });
    expect((await runCommand('ssh-keygen', ['-y', '-f', file])).trim()).toBe(key.publicKey);
    expect(await runCommand('ssh-keygen', ['-l', '-f', file])).toContain(key.fingerprint);
  }
});
