import { readFileSync } from 'node:fs';
import { settingNames, type Environment, SERVICES } from '@sallyport/config';
import type { Installation } from './installation.js';

/** Shorter values occur in other text too. */
const SHORTEST = 6;

/** Returns a function that replaces every secret of the installation in a text. Messages of servers and libraries pass through it. */
export function secretHider({ environments }: Pick<Installation, 'environments'>): (text: string) => string {
  const secrets = SERVICES.flatMap((service) =>
    settingNames(service).secret.flatMap((name) => secretsOf(valueOf(environments[service] ?? {}, name))),
  );
  const longestFirst = [...new Set(secrets)].filter((value) => value.length >= SHORTEST).toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

function valueOf(env: Environment, name: string): string {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] ?? '';
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    return '';
  }
}

/** Returns a value, and the passwords of the URLs in it. */
function secretsOf(value: string): string[] {
  const passwords = value.split(',').flatMap((part) => (URL.canParse(part) ? [new URL(part).password] : []));
  return [value, ...passwords.flatMap((password) => [password, decodeURIComponent(password)])].filter((text) => text !== '');
}
