// Compiles the addon into native/build/. Without a compiler or headers it reports that and succeeds: the engine then runs on node:crypto.
// Runs on any Node from 20 on; N-API is ABI-stable, so the headers need not be those of the Node that loads the result.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, 'build', 'sallyport_ssh.node');
const sources = readdirSync(here)
  .filter((name) => /\.[ch]$/.test(name))
  .map((name) => join(here, name));
const isForced = process.argv.includes('--force');

const skip = (reason) => {
  console.log(`libs/ssh: native crypto NOT built: ${reason}. SSH packet ciphers will run on node:crypto (slower, no chacha20-poly1305).`);
  process.exit(0);
};

const ancestors = (folder) => (dirname(folder) === folder ? [folder] : [folder, ...ancestors(dirname(folder))]);

const findHeaders = () => {
  const inModules = ancestors(here).map((folder) => join(folder, 'node_modules', `node-linux-${process.arch}`, 'include', 'node'));
  const besideNode = join(dirname(realpathSync(process.execPath)), '..', 'include', 'node');
  return [...inModules, besideNode].find(
    (folder) => existsSync(join(folder, 'node_api.h')) && existsSync(join(folder, 'openssl', 'evp.h')),
  );
};

const isFresh = () => existsSync(target) && sources.every((file) => statSync(file).mtimeMs <= statSync(target).mtimeMs);

if (!isForced && isFresh()) process.exit(0);
const compiler = process.env.CC || 'cc';
if (spawnSync(compiler, ['--version']).status !== 0)
  skip(`no C compiler ("${compiler}" does not run; Debian: apt-get install gcc libc6-dev)`);
const headers = findHeaders();
if (headers === undefined) skip(`no Node headers (package node-linux-${process.arch} is not installed)`);

mkdirSync(dirname(target), { recursive: true });
const flags = [
  '-O2',
  '-Wall',
  '-Wextra',
  '-std=c11',
  '-shared',
  '-fPIC',
  '-fvisibility=hidden',
  '-fstack-protector-strong',
  '-D_FORTIFY_SOURCE=2',
  '-DNAPI_VERSION=8',
  '-DOPENSSL_API_COMPAT=30000',
];
const draft = `${target}.${process.pid}`;
const result = spawnSync(compiler, [...flags, `-I${headers}`, ...sources.filter((name) => name.endsWith('.c')), '-o', draft], {
  encoding: 'utf8',
});
if (result.status !== 0) skip(`the compiler failed:\n${result.stderr}`);
renameSync(draft, target);
console.log(`libs/ssh: native crypto built (${target})`);
