// Installs the production dependencies of each service into TARGET/SERVICE/app, with its bill of materials. A build step.
//   node deploy/docker/steps/dependencies.mjs TARGET
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials, isTypesOnly } from './bill-of-materials.mjs';
import { command, INSTALL, STORE } from './command.mjs';
import { foldersOf, SERVICES } from './services.mjs';

const [, , target] = process.argv;
/** Files that Node never loads: types, sources, source maps, documentation, tests. */
const NOT_LOADED =
  /\.(d\.[cm]?ts|[cm]?ts|tsx|(test|spec)\.[cm]?js|map|md|markdown|flow|coffee|html|ps1|cmd)$|^(tsconfig.*\.json|\.(eslint|prettier|nyc|travis|taprc|editorconfig|npmignore).*)$/i;
const NOT_LOADED_FOLDERS = new Set(['test', 'tests', '__tests__', 'benchmark', 'benchmarks', 'example', 'examples', '.github', '.vscode']);
const BILL = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6', '--sbom-type', 'application', '--store-dir', STORE];
const BOOKKEEPING = ['.modules.yaml', '.pnpm-workspace-state-v1.json', '.bin', '.pnpm/lock.yaml', '.pnpm/node_modules/@sallyport'];

for (const service of SERVICES) {
  const app = join(target, service, 'app');
  const folders = foldersOf(service);
  mkdirSync(app, { recursive: true });
  cpSync('.', app, { recursive: true });
  const selection = ['--prod', '--no-optional', '--filter-prod', `@sallyport/${service}...`];
  command(app, 'pnpm', ...INSTALL, ...selection);
  const bill = command(app, 'pnpm', ...BILL, ...selection);
  writeBill(join(target, service), billOfMaterials(app, folders, JSON.parse(bill)));
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
    const isPackagePart = !/(node_modules(\/@[^/]+)?|\.pnpm)$/.test(folder);
    if (entry.name === '.bin' || (!isPackagePart && isTypesOnly(packageName(path)))) remove(path);
    else if (entry.isDirectory() && isPackagePart && NOT_LOADED_FOLDERS.has(entry.name)) remove(path);
    else if (entry.isDirectory()) prune(path);
    else if (entry.isFile() && NOT_LOADED.test(entry.name)) remove(path);
  }
}

/** Returns the name of a package that lies, or is linked, at a path. In pnpm's folder of packages, "+" stands for "/". */
function packageName(path) {
  const [scope, name] = path.split('/').slice(-2);
  return (scope.startsWith('@') ? `${scope}/${name}` : name).replace('+', '/');
}

function remove(path) {
  rmSync(path, { recursive: true, force: true });
}
