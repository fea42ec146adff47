import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../local/bootstrap/shell.mjs';
import { imagesFolder } from './base-image.mjs';
import { Engine } from './engine.mjs';

/**
 * Returns podman with a storage of its own in the cache folder: the base images made here have the names of official ones, and must not
 * stand among a developer's images. The storage driver is overlay where the kernel allows it; vfs copies every layer, and takes minutes.
 */
export function podmanWithOwnStorage({ isQuiet = false, name = 'podman' } = {}) {
  const overlay = commandWith(name, 'overlay');
  const { status, stderr } = spawnSync(overlay[0], [...overlay.slice(1), 'info'], { encoding: 'utf8' });
  if (status === 0) return new Engine(overlay, { isQuiet });
  say(`podman can't use overlay here, so it copies every layer (vfs): ${(stderr ?? '').trim()}`);
  return new Engine(commandWith(name, 'vfs'), { isQuiet });
}

function commandWith(name, driver) {
  const folder = join(imagesFolder(), `${name}-${driver}`);
  mkdirSync(folder, { recursive: true });
  const places = ['--root', folder, '--runroot', runFolder(folder), '--storage-driver', driver];
  return ['podman', ...places, '--cgroup-manager', 'cgroupfs', '--runtime', '/usr/sbin/runc'];
}

/** Returns the folder of a storage's running containers. Podman accepts 50 characters at most. */
function runFolder(storage) {
  return `/run/sallyport-images-${createHash('sha256').update(storage).digest('hex').slice(0, 12)}`;
}
