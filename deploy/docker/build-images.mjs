import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES } from './steps/services.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCKERFILE = fileURLToPath(new URL('Dockerfile', import.meta.url));
/** Files with the authorities of this machine's registries, if it has own ones. */
const CA_FILES = [process.env.NODE_EXTRA_CA_CERTS, process.env.SSL_CERT_FILE];
const SBOM = '/usr/share/doc/sallyport/sbom.cdx.json';

export { SERVICES };

/** The version of the product, which is the tag of its images. */
export const VERSION = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/**
 * Builds the images of `targets` (all services) as PREFIX/SERVICE:TAG. `sbomFolder` gets the bill of materials of each, and `source` is
 * the address of the repository (the remote `origin`). Returns name, size
 * and digest of each image.
 */
export async function buildImages(engine, options = {}) {
  const { targets = SERVICES, prefix = 'localhost/sallyport', tag = VERSION, sbomFolder } = options;
  const built = [];
  for (const target of targets) {
    const image = `${prefix}/${target}:${tag}`;
    await engine.run('build', ...buildArguments(engine, options), '--target', target, '--tag', image, '--file', DOCKERFILE, ROOT);
    const { Id, Size } = JSON.parse(engine.read('image', 'inspect', image))[0];
    if (sbomFolder !== undefined) writeBill(engine, image, join(sbomFolder, `${target}.cdx.json`));
    built.push({ target, image, sizeBytes: Size, digest: Id.startsWith('sha256:') ? Id : `sha256:${Id}` });
  }
  return built;
}

function buildArguments(engine, { base, source = git('remote', 'get-url', 'origin'), isCacheUsed = true }) {
  const ca = CA_FILES.find((file) => file && existsSync(file));
  return [
    ...(base === undefined ? [] : ['--build-arg', `BASE=${base}`]),
    ...(isCacheUsed ? [] : ['--no-cache']),
    ...(ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`]),
    ...labels(source),
    ...(engine.isPodman ? ['--timestamp', '0', '--isolation', 'chroot', '--pull=never'] : ['--build-arg', 'SOURCE_DATE_EPOCH=0']),
  ];
}

function labels(source) {
  const values = { version: VERSION, revision: git('rev-parse', 'HEAD') ?? 'unknown', ...(source && { source }) };
  return Object.entries(values).flatMap(([name, value]) => ['--label', `org.opencontainers.image.${name}=${value}`]);
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Copies the bill of materials out of an image, which has no program to print it. */
function writeBill(engine, image, file) {
  mkdirSync(join(file, '..'), { recursive: true });
  const container = engine.read('create', image);
  try {
    engine.read('cp', `${container}:${SBOM}`, file);
  } finally {
    engine.read('rm', container);
  }
}
