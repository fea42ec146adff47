import path from 'node:path';
import { ensureNodeImage, imagesFolder } from '../../deploy/docker/base-image.mjs';
import { buildImages } from '../../deploy/docker/build-images.mjs';
import { podmanWithOwnStorage } from '../../deploy/docker/own-storage.mjs';
import { SOURCE, TAG } from './image.ts';

/** Builds all images once, before the tests. A failed build shows its output. */
export default async function buildAll(): Promise<void> {
  const engine = podmanWithOwnStorage({ isQuiet: true });
  await ensureNodeImage(engine);
  for (const { image, sizeBytes, digest } of await buildImages(engine, {
    tag: TAG,
    source: SOURCE,
    sbomFolder: path.join(imagesFolder(), 'sbom'),
  }))
    console.log(`${image}  ${(sizeBytes / 1e6).toFixed(0)} MB  ${digest}`);
}
