import { simpleCommands } from './simple-commands.js';
import { CARRIERS, programName } from './stdin-programs.js';

/** The part of a command's input that is a password. No hash of it is kept, since a short secret can be guessed from its hash. */
export type SecretInput = 'none' | 'first-line' | 'all';

const READS_PASSWORDS = new Set('passwd chpasswd smbpasswd htpasswd chgpasswd kinit cryptsetup pamtester ssh-add'.split(' '));
/** Options with which a program reads a password from its input. */
const PASSWORD_OPTIONS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    'docker podman nerdctl buildah skopeo helm crane oras regctl'.split(' ').map((name) => [name, /^--password-stdin$/]),
  ),
  gpg: /^--(?:passphrase-fd|pinentry-mode)/,
  openssl: /^(?:stdin|fd:0)$/,
  gh: /^--with-token$/,
};
const KEYWORD_OR_ASSIGNMENT = /^(?:if|then|elif|else|do|while|until|!|\{|time|\w+=[^]*)$/;
const SHELL = /^(?:ba|da|z|k|a)?sh$/;

/** Longest command line to parse. */
const LENGTH_LIMIT = 16 * 1024;

/**
 * Returns the secret part by the command line: programs known to read passwords, and options for it. Only the program that a simple command runs
 * counts, so that `echo sudo -S; sh` hides nothing.
 */
export function secretInput(commandLine: string, depth = 0): SecretInput {
  if (commandLine.length > LENGTH_LIMIT) return 'first-line';
  const found = simpleCommands(commandLine).map((args) => ofCommand(args, depth));
  return found.find((part) => part === 'all') ?? found.find((part) => part === 'first-line') ?? 'none';
}

function ofCommand(all: string[], depth: number): SecretInput {
  const from = all.findIndex((arg) => !KEYWORD_OR_ASSIGNMENT.test(arg));
  const args = from < 0 ? [] : all.slice(from);
  const program = programName(args[0] ?? '');
  const isCarrier = CARRIERS.has(program);
  const inner = depth < 8 && (isCarrier || SHELL.test(program)) ? args.filter((arg) => /\s/.test(arg)) : [];
  const inLines = inner.map((line) => secretInput(line, depth + 1)).find((part) => part !== 'none');
  if (inLines !== undefined) return inLines;
  return ofPrograms(isCarrier ? carried(args) : args.slice(0, 1), args);
}

/** Returns the programs that a carrier and its arguments name. A path behind the first argument is a file, not a program. */
const carried = (args: string[]): string[] => args.filter((arg, at) => at === 0 || !arg.includes('/'));

function ofPrograms(named: string[], args: string[]): SecretInput {
  const programs = named.map(programName);
  const readsOption = programs.some((name) => args.some((arg) => PASSWORD_OPTIONS[name]?.test(arg)));
  if (readsOption || programs.some((name) => READS_PASSWORDS.has(name))) return 'all';
  const sudo = programs.indexOf('sudo');
  if (sudo >= 0 && args.some((arg) => arg === '--stdin' || /^-[a-zA-Z]*S[a-zA-Z]*$/.test(arg))) return 'first-line';
  return programs.includes('su') ? 'first-line' : 'none';
}
