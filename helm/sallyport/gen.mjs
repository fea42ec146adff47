// Writes values.schema.json (from values.yaml, value-rules.mjs and the services' own settings), README.md (from the comments of values.yaml)
// and files/nats-permissions.conf. Needs a build; CI fails on a difference.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { readmeOf } from './gen/readme.mjs';
import { settingsSchemas } from './gen/settings-schema.mjs';
import { schemaOf } from './gen/values-schema.mjs';

const inChart = (name) => path.join(import.meta.dirname, name);
const values = parseDocument(readFileSync(inChart('values.yaml'), 'utf8'));
const settings = settingsSchemas(readFileSync(inChart('templates/_settings.tpl'), 'utf8'));

writeFileSync(inChart('values.schema.json'), `${JSON.stringify(schemaOf(values.toJS(), settings), undefined, 2)}\n`);
writeFileSync(inChart('README.md'), readmeOf(values, readFileSync(inChart('gen/README.head.md'), 'utf8')));
copyFileSync(inChart('../../deploy/nats/permissions.conf'), inChart('files/nats-permissions.conf'));
