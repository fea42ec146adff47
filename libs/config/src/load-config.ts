import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isSecret } from './fields.js';

/** Environment variables, as process.env contains them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, or every problem with them. */
export type ConfigResult<T> = { ok: true; config: Readonly<T> } | { ok: false; problems: string[] };

/** The variables that a schema owns. */
export interface ConfigScope {
  /** Variables that begin with this belong to the service; unknown ones are refused. */
  prefix: string;
}

/**
 * Reads a flat schema, whose keys are the names of the variables, from the environment. `X_FILE` names a file that contains X (for
 * secrets). An empty value counts as absent. Returns every problem, not only the first.
 */
export function parseConfig<S extends z.ZodObject>(schema: S, { prefix }: ConfigScope, env: Environment): ConfigResult<z.output<S>> {
  const problems: string[] = [];
  const input = readInput(schema, env, problems);
  problems.push(...unknownVariables(schema, prefix, env));
  const parsed = schema.safeParse(input);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => describeIssue(schema, issue, input)));
  return problems.length === 0 && parsed.success ? { ok: true, config: Object.freeze(parsed.data) } : { ok: false, problems };
}

/** Reads the settings of a starting service. Prints every problem and exits with 1 if there is one. */
export function loadConfig<S extends z.ZodObject>(schema: S, scope: ConfigScope, env: Environment): Readonly<z.output<S>> {
  const result = parseConfig(schema, scope, env);
  if (result.ok) return result.config;
  process.stderr.write(`Wrong settings, nothing was started:\n${result.problems.map((problem) => `  - ${problem}\n`).join('')}`);
  process.exit(1);
}

/** Returns the settings for the log: a secret as "set" or "absent". */
export function redactedConfig<S extends z.ZodObject>(schema: S, config: z.output<S>): Record<string, unknown> {
  const values = config as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      isSecret(field as z.ZodType) ? (values[name] === undefined ? 'absent' : 'set') : values[name],
    ]),
  );
}

function readInput(schema: z.ZodObject, env: Environment, problems: string[]): Record<string, string> {
  const input: Record<string, string> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = readVariable(name, isSecret(field as z.ZodType), env, problems);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function readVariable(name: string, secret: boolean, env: Environment, problems: string[]): string | undefined {
  const file = secret ? env[`${name}_FILE`] : undefined;
  if (!file) return env[name] || undefined;
  if (env[name]) problems.push(`${name} and ${name}_FILE are both set: keep one of them`);
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    problems.push(`${name}_FILE: cannot read "${file}" (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    return undefined;
  }
}

function unknownVariables(schema: z.ZodObject, prefix: string, env: Environment): string[] {
  const known = new Set(
    Object.entries(schema.shape).flatMap(([name, field]) => (isSecret(field as z.ZodType) ? [name, `${name}_FILE`] : [name])),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.has(name))
    .map((name) => `${name} is not a setting of this service: check its spelling`);
}

function describeIssue(schema: z.ZodObject, issue: z.core.$ZodIssue, input: Record<string, string>): string {
  const name = String(issue.path[0] ?? '(all)');
  const field = schema.shape[name] as z.ZodType | undefined;
  const value = input[name];
  if (value === undefined) return `${name} is missing${field?.description ? `: ${field.description}` : ''}`;
  return field && isSecret(field) ? `${name}: ${issue.message}` : `${name}="${value}": ${issue.message}`;
}
