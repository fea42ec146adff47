// Installs the production dependencies of each service into TARGET/SERVICE/app, with its bill of materials. A build step.
//   node deploy/docker/steps/dependencies.mjs TARGET
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.mjs';
import { command } from './command.mjs';
import { foldersOf, SERVICES } from './services.mjs';

const [, , target] = process.argv;
/** Files that Node never loads: types, sources, source maps, documentation, tests. */
const NOT_LOADED =
  /\.(d\.[cm]?ts|[cm]?ts|tsx|map|md|markdown|flow|coffee|html|ps1|cmd)$|^(tsconfig.*\.json|\.(eslint|prettier|nyc|travis|taprc|editorconfig|npmignore).*)$/i;
const NOT_LOADED_FOLDERS = new Set(['test', 'tests', '__tests__', 'benchmark', 'benchmarks', 'example', 'examples', '.github', '.vscode']);
const BOOKKEEPING = ['.modules.yaml', '.pnpm-workspace-state-v1.json', '.bin', '.pnpm/lock.yaml'];

for (const service of SERVICES) {
  const app = join(target, service, 'app');
  const folders = foldersOf(service);
  mkdirSync(app, { recursive: true });
  cpSync('.', app, { recursive: true });
  const selection = ['--prod', '--no-optional', '--filter-prod', `@sallyport/${service}...`];
  command(app, 'pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--package-import-method', 'copy', ...selection);
  const bill = command(
    app,
    'pnpm',
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-spec-version',
    '1.6',
    '--sbom-type',
    'application',
    ...selection,
  );
  writeBill(join(target, service), billOfMaterials(service, JSON.parse(bill)));
  tidy(app, folders);
  console.log(`${service}: production dependencies installed`);
}

function writeBill(root, bill) {
  const folder = join(root, 'usr/share/doc/sallyport');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 1)}\n`);
}

/** Leaves the packages, the links to them and the manifests of the service's own folders. */
function tidy(app, folders) {
  for (const each of readdirSync(app)) if (!['node_modules', 'libs', 'services', 'package.json'].includes(each)) remove(join(app, each));
  for (const kind of ['libs', 'services'])
    for (const name of readdirSync(join(app, kind))) if (!folders.includes(`${kind}/${name}`)) remove(join(app, kind, name));
  for (const each of BOOKKEEPING) remove(join(app, 'node_modules', each));
  for (const folder of folders) remove(join(app, folder, 'node_modules/.bin'));
  prune(join(app, 'node_modules/.pnpm'));
}

function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isPackagePart = !/node_modules(\/@[^/]+)?$/.test(folder);
    if (entry.name === '.bin') remove(path);
    else if (entry.isDirectory() && isPackagePart && NOT_LOADED_FOLDERS.has(entry.name)) remove(path);
    else if (entry.isDirectory()) prune(path);
    else if (entry.isFile() && NOT_LOADED.test(entry.name)) remove(path);
  }
}

function remove(path) {
  rmSync(path, { recursive: true, force: true });
}
