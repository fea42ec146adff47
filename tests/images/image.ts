import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { SERVICES, type ServiceName } from '../../deploy/docker/build-images.mjs';
import { podmanWithOwnStorage } from '../../deploy/docker/own-storage.mjs';

export const engine = podmanWithOwnStorage({ isQuiet: true });
/** Tag of the images that build-all.ts makes. */
export const TAG = 'tested';
/** Address of the repository, for their labels. */
export const SOURCE = 'https://git.example.com/sallyport';
export const services = [...SERVICES];

/** Settings of an image, as podman shows them. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly StopSignal: string;
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export const imageOf = (service: ServiceName): string => `localhost/sallyport/${service}:${TAG}`;

export function inspect(image: string): { readonly Config: ImageConfig; readonly Size: number } {
  const [found] = JSON.parse(engine.read('image', 'inspect', image)) as [{ Config: ImageConfig; Size: number }];
  return found;
}

/** Calls `look` with the folder of an image's files. */
export function inImage<T>(image: string, look: (root: string) => T, store = engine): T {
  const root = store.read('image', 'mount', image);
  try {
    return look(root);
  } finally {
    store.read('image', 'umount', image);
  }
}

/** Lists all paths of an image, without the first slash. */
export const filesOf = (image: string): string[] => inImage(image, (root) => walk(root, ''));

/** Describes every path of an image: mode, owner, and hash of the content or target of the link. */
export const contentOf = (image: string, store = engine): Map<string, string> =>
  inImage(image, (root) => new Map(walk(root, '').map((file) => [file, describe(path.join(root, file))])), store);

function walk(root: string, below: string): string[] {
  return readdirSync(path.join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(below, entry.name);
    return entry.isDirectory() ? [file, ...walk(root, file)] : [file];
  });
}

function describe(file: string): string {
  const stat = lstatSync(file);
  const content = stat.isSymbolicLink() ? readlinkSync(file) : stat.isFile() ? sha256(file) : '';
  return `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${content}`;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
