import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns true for a package of types alone, which the images leave out. */
export function isTypesOnly(name) {
  return /^(@types\/|undici-types\b)/.test(name);
}

/**
 * Names the service in pnpm's bill of materials (CycloneDX), and makes it the same for the same packages: in order, without time or random
 * number. `app` is the folder of the installation, and `folders` are its workspace packages, the service's own first.
 */
export function billOfMaterials(app, folders, bill) {
  const service = manifestOf(join(app, folders[0]));
  const workspace = bill.metadata.component;
  const own = folders.map((folder) => purlOf(manifestOf(join(app, folder))));
  const isLeftOut = (purl) => purl === own[0] || purl === workspace['bom-ref'] || isTypesOnly(nameOf(purl));
  const others = bill.dependencies.filter(({ ref }) => !isLeftOut(ref) && !own.includes(ref));
  const content = {
    ...bill,
    serialNumber: undefined,
    metadata: { ...bill.metadata, timestamp: undefined, component: componentOf(service) },
    components: bill.components.filter(({ purl }) => !isLeftOut(purl)).toSorted(by('bom-ref')),
    dependencies: [...folders.map((folder) => workspaceEdges(app, folder)), ...others.map(inOrder)].toSorted(by('ref')),
  };
  return { ...content, serialNumber: serialOf(content) };
}

function componentOf({ name, version, description, license }) {
  const purl = purlOf({ name, version });
  const [group, title] = name.split('/');
  return { type: 'application', 'bom-ref': purl, group, name: title, version, description, licenses: [{ license: { id: license } }], purl };
}

/** Returns what a workspace package depends on. pnpm lists the dependencies of several such packages with any of them. */
function workspaceEdges(app, folder) {
  const manifest = manifestOf(join(app, folder));
  const names = Object.keys(manifest.dependencies ?? {}).filter((name) => !isTypesOnly(name));
  const dependsOn = names.map((name) => purlOf(manifestOf(join(app, folder, 'node_modules', name)))).toSorted();
  return { ref: purlOf(manifest), dependsOn };
}

function inOrder({ ref, dependsOn = [] }) {
  return { ref, dependsOn: dependsOn.filter((purl) => !isTypesOnly(nameOf(purl))).toSorted() };
}

function by(field) {
  return (a, b) => (a[field] < b[field] ? -1 : 1);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function nameOf(purl) {
  return decodeURIComponent(purl.replace('pkg:npm/', ''));
}

/** Derives the serial number, a UUID (version 8), from the content. */
function serialOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
