import type { z } from 'zod';
import { isSecret } from './fields.js';

/** Returns the page of a service's settings: one table row per variable, from the same schema that checks them. */
export function describeConfig(title: string, schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => describeField(name, field as z.ZodType));
  return [`# Settings of ${title}`, '', '| variable | default | what it is |', '|---|---|---|', ...rows, ''].join('\n');
}

function describeField(name: string, field: z.ZodType): string {
  const shown = isSecret(field) ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``;
  return `| ${shown} | ${defaultOf(field)} | ${(field.description ?? '').replaceAll('|', '\\|')} |`;
}

function defaultOf(field: z.ZodType): string {
  const missing = field.safeParse(undefined);
  if (!missing.success) return 'required';
  const text = missing.data === undefined ? '' : asWritten(field, missing.data);
  return text === '' ? '–' : `\`${text}\``;
}

/** Returns a default as an operator writes it, not as it is after its transformation. */
function asWritten(field: z.ZodType, value: unknown): string {
  if (typeof value !== 'object') return String(value);
  const { def } = field as z.ZodType & { readonly def: { readonly in?: z.ZodType } };
  return def.in === undefined ? JSON.stringify(value) : asWritten(def.in, def.in.parse(undefined));
}
