import { readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';
import { revision } from './config.js';

/** Shows the version, and the commit that the image was built from: 1 for every process. */
export function showBuild(registry: Registry): void {
  new Gauge({
    name: 'sallyport_build_info',
    help: 'The version and the commit of a service; always 1',
    labelNames: ['version', 'revision'],
    registers: [registry],
    aggregator: 'first',
  }).set({ version: version(), revision: revision() }, 1);
}

/** Returns the version of Sallyport, which every package of it has. */
function version(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
