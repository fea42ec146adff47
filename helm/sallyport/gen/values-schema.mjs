// Makes the JSON Schema of values.yaml: types of its defaults, the rules of value-rules.mjs, and the settings of the services.
import { DEPENDENT_RULES, VALUE_RULES } from './value-rules.mjs';

/** Returns the schema. Unknown values are refused at every level that is not the operator's own. */
export function schemaOf(values, settings) {
  const schema = valueSchema(values, '', settings);
  // Helm adds `global` to the values of a chart that another one contains.
  schema.properties.global = { type: 'object' };
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Values of Sallyport', ...schema, allOf: DEPENDENT_RULES };
}

function valueSchema(value, path, settings) {
  const [service, ...rest] = path.split('.');
  if (service in settings && rest.join('.') === 'settings') return settings[service];
  const rule = VALUE_RULES[path] ?? (service in settings ? VALUE_RULES[`*.${rest.join('.')}`] : undefined);
  if (rule !== undefined) return rule;
  if (typeof value !== 'object') return { type: Number.isInteger(value) ? 'integer' : typeof value };
  if (value === null || Array.isArray(value) || Object.keys(value).length === 0)
    throw new Error(`value-rules.mjs lacks a rule for "${path}"`);
  const inner = (key) => valueSchema(value[key], path === '' ? key : `${path}.${key}`, settings);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(value).map((key) => [key, inner(key)])),
  };
}
