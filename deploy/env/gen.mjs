// Writes the settings page of every service from the schema that checks them. Needs a build; CI fails on a difference.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describeConfig, SERVICE_RULES } from '../../libs/config/dist/index.js';

const here = import.meta.dirname;
// A default that differs on every machine must not change the page.
const OWN_ID = `${hostname()}-${process.pid}`;

for (const [service, rules] of Object.entries(SERVICE_RULES))
  writeFileSync(path.join(here, `${service}.md`), describeConfig(service, rules).replaceAll(OWN_ID, 'HOST-PID'));
