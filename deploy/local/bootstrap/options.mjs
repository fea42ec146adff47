import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const USAGE = `npm start -- [options]
  --data DIR           folder of all data (default: .data)
  --http-port N        REST, 127.0.0.1 (default: 8080)
  --ssh-port N         SSH, 127.0.0.1 (default: 2222)
  --with LIST          elasticsearch, s3 or both, separated by a comma: use these real servers
  --demo-asset KIND    openssh or builtin (default: openssh if sshd is installed)
  --set NAME=VALUE     a setting of a service (deploy/env), such as GATEWAY_MAX_SESSIONS=20; may be repeated
  --help`;

const EXTRAS = ['elasticsearch', 's3'];
const DEMO_ASSETS = ['openssh', 'builtin'];
/** A setting that all services share. */
const TRACES = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const SETTING = /^((CORE|GATEWAY|RECORDER|INDEXER|WORKER)_[A-Z0-9_]+)=(.*)$/s;
const ENV_PAGES = fileURLToPath(new URL('../../env', import.meta.url));

/** Problem of the command line; its message is for the user. */
export class OptionProblem extends Error {}

/**
 * Reads the command line, before anything is installed and again in the launcher. Returns "help" if that was requested. Throws
 * OptionProblem.
 */
export function readOptions(args) {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    data: folder(values.data ?? '.data'),
    ...ports(values),
    extras: new Set(words(values.with).map((word) => oneOf('--with', word, EXTRAS))),
    demoAsset: values['demo-asset'] === undefined ? undefined : oneOf('--demo-asset', values['demo-asset'], DEMO_ASSETS),
    elapsedMs: Number(values['elapsed-ms'] ?? 0),
    settings: Object.fromEntries((values.set ?? []).map(setting)),
  };
}

function parse(args) {
  const text = { type: 'string' };
  const texts = { ...text, multiple: true };
  const flag = { type: 'boolean' };
  const options = {
    data: text,
    'http-port': text,
    'ssh-port': text,
    with: text,
    'demo-asset': text,
    set: texts,
    help: flag,
    'elapsed-ms': text,
  };
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new OptionProblem(`${error.message}\n${USAGE}`);
  }
}

function words(list = '') {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function folder(given) {
  const path = resolve(given);
  // No quoting makes `ssh` take "${" as it stands, and a line with a control character can't be pasted.
  if (/\p{Cc}|\$\{/u.test(path))
    throw new OptionProblem(`--data ${JSON.stringify(path)} has a control character or "\${" in its name: choose another`);
  return path;
}

function ports(values) {
  const httpPort = port('--http-port', values['http-port'], 8080);
  const sshPort = port('--ssh-port', values['ssh-port'], 2222);
  if (httpPort === sshPort)
    throw new OptionProblem(`REST and SSH can't share port ${httpPort}: choose another with --http-port N or --ssh-port N`);
  return { httpPort, sshPort };
}

function port(option, value, otherwise) {
  if (value === undefined) return otherwise;
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > 65_535) throw new OptionProblem(`${option} "${value}" is not a port: write a number from 1 to 65535`);
  return number;
}

function setting(text) {
  if (text.startsWith(`${TRACES}=`)) return [TRACES, text.slice(TRACES.length + 1)];
  const [, name, service, value] = SETTING.exec(text) ?? [];
  if (name === undefined)
    throw new OptionProblem(`--set "${text.split('=')[0]}" is not a setting of a service: write NAME=VALUE with a name of deploy/env`);
  const page = `${service.toLowerCase()}.md`;
  if (!isSetting(name, page))
    throw new OptionProblem(`--set "${name}" is not a setting: deploy/env/${page} lists those of ${service.toLowerCase()}`);
  return [name, value];
}

function isSetting(name, page) {
  const file = resolve(ENV_PAGES, page);
  return !existsSync(file) || readFileSync(file, 'utf8').includes(`\`${name}\``); // without the page the service itself judges
}

function oneOf(option, value, choices) {
  if (!choices.includes(value)) throw new OptionProblem(`${option} "${value}" is not known: choose from ${choices.join(', ')}`);
  return value;
}
