import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Environment, SERVICES } from '@sallyport/config';
import { SettingsIncomplete } from '../config.js';
import { OPERATOR_FILE } from './installation.js';

const NAMES: readonly string[] = [...SERVICES, OPERATOR_FILE];

/** Reads files of variables, each named after its service (`core.env`), and folders of them. Throws SettingsIncomplete. */
export function readEnvFiles(paths: readonly string[]): Partial<Record<string, Environment>> {
  const files = paths.flatMap((path) => (isFolder(path) ? filesIn(path) : [path]));
  return Object.fromEntries(files.map((file) => [serviceOf(file), parseEnvFile(read(file))]));
}

function filesIn(folder: string): string[] {
  const found = readdirSync(folder).filter((name) => NAMES.includes(name.replace(/\.env$/, '')) && name.endsWith('.env'));
  if (found.length === 0)
    throw new SettingsIncomplete(`"${folder}" has no file of settings: it should have ${SERVICES.join('.env, ')}.env`);
  return found.map((name) => join(folder, name));
}

function serviceOf(file: string): string {
  const name = basename(file).replace(/\.env$/, '');
  if (NAMES.includes(name)) return name;
  throw new SettingsIncomplete(`"${file}" is not named after a service: name it ${SERVICES.join('.env, ')}.env or ${OPERATOR_FILE}.env`);
}

const isFolder = (path: string): boolean => attempt(path, () => statSync(path).isDirectory());
const read = (path: string): string => attempt(path, () => readFileSync(path, 'utf8'));

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SettingsIncomplete(`"${path}" can't be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

/** Reads text as systemd reads an EnvironmentFile: NAME=VALUE, comments with # or ;, quotes, and a backslash at the end of a line. */
export function parseEnvFile(text: string): Environment {
  const lines = text.replaceAll(/\\\r?\n/g, '').split(/\r?\n/);
  return Object.fromEntries(lines.flatMap((line) => assignment(line.trim())));
}

function assignment(line: string): [string, string][] {
  const found = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line);
  return found === null ? [] : [[found[1]!, unquoted(found[2]!.trim())]];
}

function unquoted(value: string): string {
  const single = /^'([^']*)'$/.exec(value)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1];
  return (double ?? value).replaceAll(/\\(.)/gs, '$1');
}
