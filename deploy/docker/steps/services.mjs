// The services that have an image, and the libraries of the workspace that each needs.
import { readFileSync } from 'node:fs';

export const SERVICES = ['core', 'gateway', 'recorder', 'indexer', 'worker', 'cli'];

/** Returns the folders of a service's workspace packages: its own, and those of its libraries, also of the indirect ones. */
export function foldersOf(service) {
  const found = new Set();
  const visit = (folder) => {
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    for (const name of Object.keys(dependencies)) if (name.startsWith('@sallyport/')) visit(`libs/${name.slice('@sallyport/'.length)}`);
  };
  visit(`services/${service}`);
  return [...found];
}
