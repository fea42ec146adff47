/** Resolves the options of an authorized_keys line (sshd(8)). As in OpenSSH, an unknown option invalidates the whole line. */
import { SshKeyError } from '../key-error.js';
import type { AuthorizedKeyOptions } from './authorized-key-options.js';
import { parseExpiryTime } from './expiry-time.js';
import type { RawOption } from './split-options.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft extends Mutable<AuthorizedKeyOptions> {
  environment: { name: string; value: string }[];
  permitOpen?: string[];
  permitListen?: string[];
}

const PERMITS = {
  pty: 'permitsPty',
  'port-forwarding': 'permitsPortForwarding',
  'agent-forwarding': 'permitsAgentForwarding',
  'x11-forwarding': 'permitsX11Forwarding',
  'user-rc': 'permitsUserRc',
} as const satisfies Record<string, keyof AuthorizedKeyOptions>;

const setAllPermits = (draft: Draft, isPermitted: boolean): void => {
  for (const field of Object.values(PERMITS)) draft[field] = isPermitted;
};

const FLAGS: Readonly<Record<string, (draft: Draft) => void>> = {
  'cert-authority': (draft) => (draft.isCertAuthority = true),
  restrict: (draft) => setAllPermits(draft, false),
  'no-touch-required': (draft) => (draft.requiresTouch = false),
  'verify-required': (draft) => (draft.requiresUserVerification = true),
  ...Object.fromEntries(
    Object.entries(PERMITS).flatMap(([name, field]) => [
      [name, (draft: Draft) => (draft[field] = true)],
      [`no-${name}`, (draft: Draft) => (draft[field] = false)],
    ]),
  ),
};

const once = (name: string, current: unknown): void => {
  if (current !== undefined) throw new SshKeyError('malformed', `Authorized key has option "${name}" twice`);
};

const VALUES: Readonly<Record<string, (draft: Draft, value: string) => void>> = {
  command: (draft, value) => {
    once('command', draft.forceCommand);
    draft.forceCommand = value;
  },
  from: (draft, value) => {
    once('from', draft.from);
    draft.from = value;
  },
  principals: (draft, value) => {
    once('principals', draft.principals);
    draft.principals = value.split(',').map((name) => name.trim());
  },
  // As in OpenSSH, the earliest of several expiry times applies.
  'expiry-time': (draft, value) => (draft.expiresAtMs = Math.min(draft.expiresAtMs ?? Infinity, parseExpiryTime(value))),
  environment: (draft, value) => draft.environment.push(parseEnvironment(value)),
  permitopen: (draft, value) =>
    (draft.permitOpen ??= []).push(checkForward('permitopen', value, /^[^\s:]+:(\d{1,5}|\*)$|^\[[^\]\s]+\]:(\d{1,5}|\*)$/)),
  permitlisten: (draft, value) =>
    (draft.permitListen ??= []).push(checkForward('permitlisten', value, /^(?:([^\s:]+|\[[^\]\s]+\]):)?(\d{1,5}|\*)$/)),
  tunnel: (draft, value) => (draft.tunnel = checkForward('tunnel', value, /^\d+$/)),
};

const parseEnvironment = (value: string): { name: string; value: string } => {
  const [, name, content] = /^([A-Za-z0-9_]+)=(.*)$/s.exec(value) ?? [];
  if (name === undefined || content === undefined)
    throw new SshKeyError('malformed', 'Authorized key has an environment option that is not NAME=value');
  return { name, value: content };
};

const checkForward = (name: string, value: string, form: RegExp): string => {
  if (!form.test(value)) throw new SshKeyError('malformed', `Authorized key has a malformed ${name}="${value}"`);
  return value;
};

/**
 * Applies the options in order, so that `restrict,pty` restricts all but the terminal. Throws SshKeyError for an unknown or malformed
 * option.
 */
export const resolveOptions = (raw: readonly RawOption[]): AuthorizedKeyOptions => {
  const draft: Draft = {
    isCertAuthority: false,
    environment: [],
    permitsPty: true,
    permitsPortForwarding: true,
    permitsAgentForwarding: true,
    permitsX11Forwarding: true,
    permitsUserRc: true,
    requiresTouch: true,
    requiresUserVerification: false,
  };
  for (const option of raw) applyOption(draft, option);
  return draft;
};

const applyOption = (draft: Draft, { name, value }: RawOption): void => {
  const table: Readonly<Record<string, (draft: Draft, value: string) => void>> = value === undefined ? FLAGS : VALUES;
  const apply = Object.hasOwn(table, name) ? table[name] : undefined;
  if (apply === undefined)
    throw new SshKeyError(
      'unsupported',
      `Authorized key has option "${name}"${value === undefined ? ' without' : ' with'} a value, which is not supported`,
    );
  apply(draft, value ?? '');
};
