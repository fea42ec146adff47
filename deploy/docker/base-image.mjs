// Makes base images on a machine that reaches no container registry, from Debian's packages and the Node of npm.
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../local/bootstrap/cache-folder.mjs';
import { NODE } from '../local/bootstrap/install.mjs';
import { run, say } from '../local/bootstrap/shell.mjs';

const DEBIAN_IMAGE = 'docker.io/library/debian:bookworm-slim';
const NODE_IMAGE = 'docker.io/library/node:24-bookworm-slim';

const MIRROR = 'http://deb.debian.org/debian';
const NPM = 'npm@11.19.1';
const SOURCES = `deb ${MIRROR} bookworm main
deb ${MIRROR} bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
`;
/** Folders that Debian's slim images leave out, too, and the files of its installation. */
const LEFT_OUT = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
];

/** Returns a folder for images and what they are made of. */
export const imagesFolder = () => join(cacheFolder(), 'images');

/** Ensures that `engine` has the base image of the product. */
export async function ensureNodeImage(engine) {
  if (engine.has(NODE_IMAGE)) return;
  await importArchive(engine, await nodeArchive(), NODE_IMAGE, ['CMD ["node"]']);
}

/** Ensures that `engine` has Debian without Node. */
export async function ensureDebianImage(engine) {
  if (engine.has(DEBIAN_IMAGE)) return;
  await importArchive(engine, await debianArchive(), DEBIAN_IMAGE, ['CMD ["bash"]']);
}

function importArchive(engine, archive, name, changes) {
  say(`importing ${name}`);
  return engine.run('import', '--quiet', ...changes.flatMap((change) => ['--change', change]), archive, name);
}

const debianArchive = () => archive('debian-bookworm', minimalDebian);

const nodeArchive = async () => {
  const debian = await debianArchive();
  return archive(`node-24-bookworm`, async (root) => {
    await run('unpacking Debian', 'tar', ['-xf', debian, '-C', root]);
    await addNode(root);
  });
};

/** Returns the tar of a root file system, made once. */
async function archive(name, fill) {
  const file = join(imagesFolder(), `${name}.tar`);
  if (existsSync(file)) return file;
  const work = `${file}.${process.pid}.part`;
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  mkdirSync(join(work, 'root'), { recursive: true });
  await fill(join(work, 'root'));
  await run('packing a base image', 'tar', ['-cf', join(work, 'tar'), '--sort=name', '--numeric-owner', '-C', join(work, 'root'), '.']);
  renameSync(join(work, 'tar'), file);
  rmSync(work, { recursive: true, force: true });
  return file;
}

async function minimalDebian(root) {
  say('installing a minimal Debian for base images');
  await run('debootstrap', 'debootstrap', ['--variant=minbase', 'bookworm', root, MIRROR], { quiet: true });
  for (const folder of LEFT_OUT) {
    rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const folder of ['dev', 'proc', 'sys']) rmSync(join(root, folder), { recursive: true, force: true });
  for (const folder of ['dev', 'proc', 'sys']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'etc/apt/sources.list'), SOURCES);
}

/** Adds Node with its headers, and npm, where the official image has them. */
async function addNode(root) {
  const home = dirname(dirname(realpathSync(NODE)));
  for (const part of ['bin', 'include']) cpSync(join(home, part), join(root, 'usr/local', part), { recursive: true });
  await run('installing npm', 'npm', ['install', '--global', '--prefix', join(root, 'usr/local'), '--no-audit', '--no-fund', NPM], {
    quiet: true,
  });
}
