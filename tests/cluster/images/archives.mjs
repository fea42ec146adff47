import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebianImage, ensureNodeImage, imagesFolder } from '../../../deploy/docker/base-image.mjs';
import { buildImages, SERVICES, VERSION } from '../../../deploy/docker/build-images.mjs';
import { podmanWithOwnStorage } from '../../../deploy/docker/own-storage.mjs';
import { say } from '../../../deploy/local/bootstrap/shell.mjs';
import { digestOfProduct, digestOfStandIns } from './digests.mjs';
import { buildStandIn } from './stand-ins.mjs';

/** Number of archives of an image that stay in the cache. */
const KEPT = 3;

const engine = podmanWithOwnStorage({ isQuiet: true });

/** Returns the path of an image's archive. Builds the image and writes the archive if its sources have changed. */
export async function archiveOf(name) {
  const isProduct = SERVICES.includes(name);
  const folder = join(imagesFolder(), 'archives');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${VERSION}-${(isProduct ? digestOfProduct() : digestOfStandIns()).slice(0, 16)}.tar`);
  if (existsSync(file)) return markUsed(file);
  say(`building the image ${name}`);
  const image = await (isProduct ? buildProduct(name) : buildOther(name));
  const draft = `${file}.${process.pid}.part`;
  await engine.run('save', '--quiet', '--format', 'docker-archive', '--output', draft, image);
  forgetFormer(folder, name);
  renameSync(draft, file);
  return file;
}

async function buildProduct(name) {
  await ensureNodeImage(engine);
  const [built] = await buildImages(engine, { targets: [name] });
  return built.image;
}

async function buildOther(name) {
  await ensureDebianImage(engine);
  return buildStandIn(engine, name);
}

function markUsed(file) {
  const now = new Date();
  utimesSync(file, now, now);
  return file;
}

/** Leaves the archives of an image that were used last: several checkouts share the cache. */
function forgetFormer(folder, name) {
  const former = readdirSync(folder)
    .filter((each) => each.startsWith(`${name}-`) && each.endsWith('.tar'))
    .map((each) => join(folder, each))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of former.slice(KEPT - 1)) rmSync(file);
}
