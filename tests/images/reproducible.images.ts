import { afterAll, expect, it } from 'vitest';
import { ensureNodeImage } from '../../deploy/docker/base-image.mjs';
import { buildImages } from '../../deploy/docker/build-images.mjs';
import { podmanWithOwnStorage } from '../../deploy/docker/own-storage.mjs';
import { contentOf, imageOf, services, TAG } from './image.ts';

/** A storage that knows no step of the first build. */
const emptied = podmanWithOwnStorage({ isQuiet: true, name: 'podman-anew' });
const forget = (): void => void emptied.read('rmi', '--all', '--force');
afterAll(forget);

it('built a second time, each image has the same content', async () => {
  forget();
  await ensureNodeImage(emptied);
  await buildImages(emptied, { tag: TAG });
  for (const service of services) {
    const [first, second] = [contentOf(imageOf(service)), contentOf(imageOf(service), emptied)];
    const different = [...new Set([...first.keys(), ...second.keys()])].filter((file) => first.get(file) !== second.get(file));
    expect(different, service).toEqual([]);
    expect(first.size, service).toBeGreaterThan(500);
  }
}, 400_000);
