// Turns the settings of each service into the JSON Schema of `SERVICE.settings`.
import { createRequire } from 'node:module';
import { isSecret, SERVICE_RULES } from '../../../libs/config/dist/index.js';

// The services' own zod: the repository's root does not depend on it.
const { z } = createRequire(new URL('../../../libs/config/package.json', import.meta.url))('zod');

/** Returns the schema of every service's settings that an operator may set. `template` names those that the chart sets itself. */
export function settingsSchemas(template) {
  const governed = new Set([...template.matchAll(/^([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name.replace(/_FILE$/, '')));
  return Object.fromEntries(Object.entries(SERVICE_RULES).map(([service, rules]) => [service, settingsSchema(rules, governed)]));
}

/** Returns the schema of one service, without secrets: settings stand in a ConfigMap. */
function settingsSchema(schema, governed) {
  const open = Object.entries(schema.shape).filter(([name, field]) => !governed.has(name.replace(/_FILE$/, '')) && !isSecret(field));
  const properties = Object.fromEntries(open.map(([name, field]) => [name, { ...fieldSchema(field), description: field.description }]));
  return { type: 'object', additionalProperties: false, properties };
}

/** Returns what a YAML value of a setting may be: numbers and booleans as such, other settings as the text of the variable. */
function fieldSchema(field) {
  const [written, read] = ['input', 'output'].map((io) => bare(z.toJSONSchema(field, { io, unrepresentable: 'any' })));
  if (written.enum?.join() === 'true,false') return { type: 'boolean' };
  // Every number among the settings is a whole one, also where a later rule of the schema does not say so.
  if (written.pattern === undefined && (read.type === 'integer' || read.type === 'number')) return { ...read, type: 'integer' };
  // A size in bytes is a text with a unit, or a number.
  if (written.pattern?.startsWith('^\\d+(KiB')) return { type: ['string', 'integer'], minimum: 0, pattern: written.pattern };
  return { type: 'string', ...written };
}

/** Leaves out what does not restrict a value. */
const bare = (schema) => Object.fromEntries(Object.entries(schema).filter(([key]) => !['$schema', 'default', 'description'].includes(key)));
