import { simpleCommands } from './simple-commands.js';
import { programName } from './stdin-programs.js';

/** The part of a command's input that is a password. No hash of it is kept, since a short secret can be guessed from its hash. */
export type SecretInput = 'none' | 'first-line' | 'all';

const READS_PASSWORDS = new Set([
  'passwd',
  'chpasswd',
  'smbpasswd',
  'htpasswd',
  'chgpasswd',
  'kinit',
  'cryptsetup',
  'pamtester',
  'ssh-add',
]);
const PASSWORD_OPTION = /^(?:--password-stdin|--passphrase-fd|--stdin|--pinentry-mode|stdin|fd:0|--key-file=-|--with-token)$/;

/** Longest command line to parse. */
const LENGTH_LIMIT = 16 * 1024;

/** Returns the secret part by the command line: programs known to read passwords, and options for it. */
export function secretInput(commandLine: string, depth = 0): SecretInput {
  if (commandLine.length > LENGTH_LIMIT) return 'first-line';
  const found = simpleCommands(commandLine).map((args) => ofCommand(args, depth));
  return found.find((part) => part === 'all') ?? found.find((part) => part === 'first-line') ?? 'none';
}

function ofCommand(args: string[], depth: number): SecretInput {
  const inner = depth < 8 ? args.filter((arg) => /\s/.test(arg)).map((arg) => secretInput(arg, depth + 1)) : [];
  // A path behind the first argument is a file, not a program.
  const programs = args.map((arg, at) => (at > 0 && arg.includes('/') ? '' : programName(arg)));
  const sudo = programs.indexOf('sudo');
  if (inner.includes('all') || args.some((arg) => PASSWORD_OPTION.test(arg)) || programs.some((name) => READS_PASSWORDS.has(name)))
    return 'all';
  if (sudo >= 0 && args.slice(sudo + 1).some((arg) => arg === '--stdin' || /^-[a-zA-Z]*S[a-zA-Z]*$/.test(arg))) return 'first-line';
  if (programs.includes('su')) return 'first-line';
  return inner.find((part) => part === 'first-line') ?? 'none';
}
