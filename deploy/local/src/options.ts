import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OptionInvalid } from './local.errors.js';

/** Parts that replace a default one. */
type Extra = 'elasticsearch' | 's3';

/** The server that serves as the demo asset. */
type DemoAsset = 'openssh' | 'builtin';

/** Options of the launcher. */
export interface Options {
  /** Absolute. */
  readonly data: string;
  readonly httpPort: number;
  readonly sshPort: number;
  readonly extras: ReadonlySet<Extra>;
  /** Undefined: OpenSSH if it is installed. */
  readonly demoAsset: DemoAsset | undefined;
  /** Settings of services, by name of the environment variable. */
  readonly settings: Readonly<Record<string, string>>;
}

export const USAGE = `npm start -- [options]
  --data DIR           folder of all data (default: .data)
  --http-port N        REST, 127.0.0.1 (default: 8080)
  --ssh-port N         SSH, 127.0.0.1 (default: 2222)
  --with LIST          elasticsearch, s3 or both, separated by a comma: use these real servers
  --demo-asset KIND    openssh or builtin (default: openssh if sshd is installed)
  --set NAME=VALUE     a setting of a service (deploy/env), such as GATEWAY_MAX_SESSIONS=20; may be repeated
  --help`;

const EXTRAS: readonly Extra[] = ['elasticsearch', 's3'];
const SETTING = /^((?:CORE|GATEWAY|RECORDER|INDEXER|WORKER)_[A-Z0-9_]+)=(.*)$/s;
const DEMO_ASSETS: readonly DemoAsset[] = ['openssh', 'builtin'];

/**
 * Reads the command line. Returns "help" if that was requested.
 * @throws OptionInvalid
 */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  return {
    data: folder(values.data ?? '.data'),
    httpPort: port('--http-port', values['http-port'], 8080),
    sshPort: port('--ssh-port', values['ssh-port'], 2222),
    extras: new Set(
      (values.with ?? '')
        .split(',')
        .filter((word) => word !== '')
        .map((word) => oneOf('--with', word.trim(), EXTRAS)),
    ),
    demoAsset: values['demo-asset'] === undefined ? undefined : oneOf('--demo-asset', values['demo-asset'], DEMO_ASSETS),
    settings: Object.fromEntries((values.set ?? []).map(setting)),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { ...text, multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const options = { data: text, 'http-port': text, 'ssh-port': text, with: text, 'demo-asset': text, set: texts, help: flag } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
  } catch (error) {
    throw new OptionInvalid(`${(error as Error).message}\n${USAGE}`);
  }
}

function folder(path: string): string {
  // No quoting makes `ssh` take "${" as it stands, and a line with a control character can't be pasted.
  if (/\p{Cc}|\$\{/u.test(resolve(path)))
    throw new OptionInvalid(`--data ${JSON.stringify(resolve(path))} has a control character or "\${" in its name: choose another`);
  return resolve(path);
}

function port(option: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > 65_535) throw new OptionInvalid(`${option} "${value}" is not a port: write a number from 1 to 65535`);
  return number;
}

function setting(text: string): [string, string] {
  const [, name, value] = SETTING.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new OptionInvalid(`--set "${text.split('=')[0]}" is not a setting of a service: write NAME=VALUE with a name of deploy/env`);
}

function oneOf<Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new OptionInvalid(`${option} "${value}" is not known: choose from ${choices.join(', ')}`);
  return choice;
}
