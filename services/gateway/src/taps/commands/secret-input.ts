import { simpleCommands } from './command-line-words.js';
import { programName } from './stdin-programs.js';

/** Which part of what is sent to a command is a password: no hash of it is kept, since a short secret can be guessed from its hash. */
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

/** A longer command line is not taken apart. */
const LENGTH_LIMIT = 16 * 1024;

/** Goes by the command line: programs known to read passwords, and options that say so. */
export function secretInput(commandLine: string, depth = 0): SecretInput {
  if (commandLine.length > LENGTH_LIMIT) return 'first-line';
  const found = simpleCommands(commandLine).map((words) => ofCommand(words, depth));
  return found.find((part) => part === 'all') ?? found.find((part) => part === 'first-line') ?? 'none';
}

function ofCommand(words: string[], depth: number): SecretInput {
  const inner = depth < 8 ? words.filter((word) => /\s/.test(word)).map((word) => secretInput(word, depth + 1)) : [];
  // A path behind the first word is a file, not a program.
  const programs = words.map((word, at) => (at > 0 && word.includes('/') ? '' : programName(word)));
  const sudo = programs.indexOf('sudo');
  if (inner.includes('all') || words.some((word) => PASSWORD_OPTION.test(word)) || programs.some((name) => READS_PASSWORDS.has(name)))
    return 'all';
  if (sudo >= 0 && words.slice(sudo + 1).some((word) => word === '--stdin' || /^-[a-zA-Z]*S[a-zA-Z]*$/.test(word))) return 'first-line';
  if (programs.includes('su')) return 'first-line';
  return inner.find((part) => part === 'first-line') ?? 'none';
}
