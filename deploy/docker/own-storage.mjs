import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { imagesFolder } from './base-image.mjs';
import { Engine } from './engine.mjs';

/**
 * Returns podman with a storage of its own in the cache folder: the base images made here have the names of official ones, and must not
 * stand among a developer's images. The storage driver is overlay where the kernel allows it; vfs copies every layer, and takes minutes.
 */
export function podmanWithOwnStorage({ isQuiet = false, name = 'storage' } = {}) {
  const overlay = commandWith(name, 'overlay');
  const isOverlayUsable = spawnSync(overlay[0], [...overlay.slice(1), 'info'], { stdio: 'ignore' }).status === 0;
  return new Engine(isOverlayUsable ? overlay : commandWith(name, 'vfs'), { isQuiet });
}

function commandWith(name, driver) {
  const folder = join(imagesFolder(), `${name}-${driver}`);
  mkdirSync(folder, { recursive: true });
  const places = ['--root', folder, '--runroot', join(folder, 'run'), '--storage-driver', driver];
  return ['podman', ...places, '--cgroup-manager', 'cgroupfs', '--runtime', '/usr/sbin/runc'];
}
