import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { imagesFolder } from '../../deploy/docker/base-image.mjs';
import { filesOf, imageOf, inImage, services } from './image.ts';

const SBOM = 'usr/share/doc/sallyport/sbom.cdx.json';
const NO_PROGRAM_BUT = ['usr/bin/tini', 'usr/local/bin/node'];

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly purl: string } };
  readonly components: readonly { readonly purl: string }[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

describe.each(services)('the image of %s', (service) => {
  const image = imageOf(service);
  const files = filesOf(image);

  it('has a bill of materials that lists exactly the packages in it', () => {
    const bill = inImage(image, (root) => JSON.parse(readFileSync(path.join(root, SBOM), 'utf8')) as Bill);
    const packages = inImage(image, (root) => packagesIn(path.join(root, 'app')));
    expect(bill.bomFormat).toBe('CycloneDX');
    expect([...bill.components, bill.metadata.component].map(({ purl }) => purl).toSorted()).toEqual(packages);
    expect(bill.components.length).toBeGreaterThan(30);
  });

  it('has its bill of materials beside the output of the build, too', () => {
    const inside = inImage(image, (root) => readFileSync(path.join(root, SBOM), 'utf8'));
    expect(readFileSync(path.join(imagesFolder(), 'sbom', `${service}.cdx.json`), 'utf8')).toBe(inside);
  });

  it('holds no other program than Node and its init: no shell, no package manager', () => {
    const programs = files.filter((file) => /^(usr\/)?(local\/)?s?bin\/[^/]+$/.test(file));
    expect(programs.toSorted()).toEqual(NO_PROGRAM_BUT);
  });

  it('holds neither sources nor source maps nor tests', () => {
    const left = files.filter((file) => /\.(tsx?|mts|cts|map)$|\.(test|spec|suite)\.[cm]?js$|\/(test|tests|__tests__)$/.test(file));
    expect(left).toEqual([]);
  });

  it('holds no link to a file that is not there', () => {
    const broken = inImage(image, (root) => files.filter((file) => isBrokenLink(root, file)));
    expect(broken).toEqual([]);
  });

  it('holds no dependency of development', () => {
    const names = inImage(image, (root) => packagesIn(path.join(root, 'app')));
    const unwanted = /^pkg:npm\/(typescript|vitest|vite|eslint|knip|ts-proto|%40biomejs|%40types|%40sallyport\/(testkit|backing))\b/;
    expect(names.filter((purl) => unwanted.test(purl))).toEqual([]);
  });
});

it.each(['core', 'gateway', 'worker'] as const)('%s, which speaks SSH, has the compiled addon', (service) => {
  expect(filesOf(imageOf(service))).toContain('app/libs/ssh/native/build/sallyport_ssh.node');
});

/** Returns true for a link whose target does not exist in the image. */
function isBrokenLink(root: string, file: string): boolean {
  const link = path.join(root, file);
  if (!lstatSync(link).isSymbolicLink()) return false;
  const target = readlinkSync(link);
  return !existsSync(target.startsWith('/') ? path.join(root, target) : link);
}

/** Returns the package URLs of all packages below a folder: those of npm and those of the workspace. */
function packagesIn(app: string): string[] {
  const own = ['libs', 'services'].flatMap((kind) => subfolders(path.join(app, kind)));
  const store = path.join(app, 'node_modules/.pnpm');
  const npm = subfolders(store).flatMap((folder) => packageFolders(path.join(folder, 'node_modules')));
  return [...new Set([...own, ...npm].map(purlOf))].toSorted();
}

/** Returns the packages of a node_modules folder that lie there, without links. */
function packageFolders(modules: string): string[] {
  return subfolders(modules).flatMap((folder) => (path.basename(folder).startsWith('@') ? subfolders(folder) : [folder]));
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [path.join(folder, entry.name)] : []));
}

function purlOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
