// Builds the images of Sallyport with podman or docker, and prints name, size and digest of each.
//   node deploy/docker/build.mjs [--target NAME]… [--tag TAG] [--prefix REGISTRY/PATH] [--base IMAGE] [--engine podman|docker] [--sbom DIR] [--source URL] [--no-cache]
import { parseArgs } from 'node:util';
import { buildImages, SERVICES, VERSION } from './build-images.mjs';
import { Engine, installedEngine } from './engine.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: SERVICES },
    tag: { ...text, default: VERSION },
    prefix: { ...text, default: 'localhost/sallyport' },
    base: text,
    engine: text,
    source: text,
    sbom: { ...text, default: 'sbom' },
    'no-cache': { type: 'boolean', default: false },
  },
});
const engine = values.engine === undefined ? installedEngine() : new Engine([values.engine]);
const built = await buildImages(engine, {
  targets: values.target,
  tag: values.tag,
  prefix: values.prefix,
  base: values.base,
  source: values.source,
  sbomFolder: values.sbom,
  isCacheUsed: !values['no-cache'],
});
for (const { image, sizeBytes, digest } of built) console.log(`${image}  ${(sizeBytes / 1e6).toFixed(0)} MB  ${digest}`);
