// Writes the settings page of every service from the schema that checks them. Needs a build; CI fails on a difference.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describeConfig } from '../../libs/config/dist/index.js';

const here = import.meta.dirname;
const SCHEMAS = {
  core: 'configSchema',
  gateway: 'gatewaySettings',
  indexer: 'indexerSettings',
  recorder: 'recorderSchema',
  worker: 'workerSettings',
};

// A default that differs on every machine must not change the page.
const OWN_ID = `${hostname()}-${process.pid}`;

for (const [service, name] of Object.entries(SCHEMAS)) {
  const module = await import(`../../services/${service}/dist/config.js`);
  const schema = module[name];
  if (!schema) throw new Error(`services/${service}/src/config.ts does not export ${name}`);
  writeFileSync(path.join(here, `${service}.md`), describeConfig(service, schema).replaceAll(OWN_ID, 'HOST-PID'));
}
