import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Returns true for a package of types alone, which the images leave out. */
export function isTypesOnly(name) {
  return /^(@types\/|undici-types\b)/.test(name);
}

/** Names the service in pnpm's bill of materials (CycloneDX), and makes it the same for the same packages: in order, without time or random number. */
export function billOfMaterials(service, bill) {
  const { name, version, description, license } = JSON.parse(readFileSync(`services/${service}/package.json`, 'utf8'));
  const purl = purlOf(name, version);
  const metadata = { ...bill.metadata, timestamp: undefined };
  const own = { type: 'application', 'bom-ref': purl, group: '@sallyport', name: service, version, description, purl };
  const components = bill.components.filter((component) => component.purl !== purl && !isTypesPurl(component.purl));
  const body = {
    ...bill,
    metadata: { ...metadata, component: { ...own, licenses: [{ license: { id: license } }] } },
    components: components.toSorted(byReference),
    dependencies: withOwn(bill, metadata.component?.['bom-ref'], purl),
  };
  return { ...body, serialNumber: serialOf({ ...body, serialNumber: undefined }) };
}

/** Lets the service stand in the place of the workspace, which pnpm takes for the root. */
function withOwn({ dependencies = [] }, workspace, purl) {
  const there = dependencies.some(({ ref }) => ref === purl);
  return dependencies
    .filter(({ ref }) => (ref !== workspace || workspace === purl || !there) && !isTypesPurl(ref))
    .map((each) => ({ ...each, dependsOn: each.dependsOn?.filter((ref) => !isTypesPurl(ref)).toSorted() }))
    .map((each) => (each.ref === workspace ? { ...each, ref: purl } : each))
    .toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
}

function isTypesPurl(purl) {
  return isTypesOnly(decodeURIComponent(purl.replace('pkg:npm/', '')));
}

function byReference(a, b) {
  return a['bom-ref'] < b['bom-ref'] ? -1 : 1;
}

function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Derives the serial number, a UUID (version 8), from the content. */
function serialOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
