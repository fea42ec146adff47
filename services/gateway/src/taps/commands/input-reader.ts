import { simpleCommands } from './simple-commands.js';
import { CARRIERS, CLIENTS, isOwnShell, LANGUAGES, mayRunInput, programName, RUNNERS, SHELLS } from './stdin-programs.js';

/** The reader of a channel's input without a terminal: a shell, line by line, or an interpreter of another language. */
export type InputReader = 'shell' | 'interpreter';

/** Shell tokens before a command that belong to the shell's own syntax. */
const KEYWORDS = new Set(['if', 'then', 'elif', 'else', 'do', 'while', 'until', '!', '{', '}', 'time']);
const ASSIGNMENT = /^\w+(?:\[[^\]]*\])?\+?=/;
const STDIN_FILE = /^(?:-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/(?:self|thread-self|\$\$)\/fd\/0)$/;
/** Code in an argument that may run its input. */
const RUNS_CODE = /\b(?:exec|eval|system|popen|spawn\w*|subprocess|child_process|instance_eval|Function|sh|bash)\b|`/;
/** Deepest nesting of command lines within command lines; a deeper one is an attempt to evade the tap. */
const DEPTH_LIMIT = 6;
/** Longest command line to parse; the input of a longer one is observed as a shell's. */
const LENGTH_LIMIT = 16 * 1024;

/**
 * Returns the program of a command line that runs its input. A program whose name is computed at run time (`$x`, `/bin/b?sh`)
 * counts as a shell. An unknown program does not run its input: the input is bulk.
 */
export function inputReader(commandLine: string, depth = 0): InputReader | undefined {
  if (depth > DEPTH_LIMIT || commandLine.length > LENGTH_LIMIT) return 'shell';
  const readers = simpleCommands(commandLine).map((args) => readerOf(args, depth));
  return readers.find((reader) => reader === 'shell') ?? readers.find((reader) => reader !== undefined);
}

/** Returns the reader among the arguments. `isSearched`: they contain no command line that reads. */
function readerOf(all: string[], depth: number, isSearched = false): InputReader | undefined {
  const from = all.findIndex((arg) => !KEYWORDS.has(arg) && !ASSIGNMENT.test(arg));
  const [arg, ...rest] = from < 0 ? [] : all.slice(from);
  if (arg === undefined) return undefined;
  if (depth > DEPTH_LIMIT) return 'shell';
  const program = programName(arg);
  if (RUNNERS.has(program)) return 'shell';
  if (isOwnShell(arg) || SHELLS.has(program)) return shellReads(rest, depth);
  if (/[$*?[\]~]/.test(arg.replace(/^~\//, '')) && arg !== '[' && arg !== '[[') return 'shell';
  if (program === '.' || arg === '.' || arg === 'source') return rest.some((file) => STDIN_FILE.test(file)) ? 'shell' : undefined;
  if (LANGUAGES.has(program)) return languageReads(rest);
  if (CLIENTS.has(program)) return clientReads(rest);
  if (CARRIERS.has(program)) return carriedReads(program, rest, depth, isSearched);
  return /^[gmn]?awk$/.test(program) && rest.some((code) => /\bsystem\s*\(|\|/.test(code)) ? 'shell' : undefined;
}

/** Returns the reader of a shell. It takes options first; then, after `-c`, a command line, otherwise a script; otherwise it reads its input. */
function shellReads(args: string[], depth: number): InputReader | undefined {
  let isInline = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (STDIN_FILE.test(arg)) {
      if (args[at + 1] === undefined) return 'shell';
    } else if (/^--(?:rcfile|init-file)$/.test(arg) || /^[-+]\w*[oO]$/.test(arg)) at += 1;
    else if (/^-\w*s\w*$/.test(arg)) return 'shell';
    else if (/^(?:-\w*c\w*|--command|-Command)$/.test(arg)) isInline = true;
    else if (!/^[-+]/.test(arg)) return isInline ? inputReader(arg, depth + 1) : undefined;
  }
  return 'shell';
}

/** Returns the reader of an interpreter. It runs the file or the code in its arguments, and that may run its input. */
function languageReads(args: string[]): InputReader | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (STDIN_FILE.test(arg)) return 'interpreter';
    if (/^-\w*i$|^--interactive$/.test(arg)) return 'interpreter';
    if (/^-[WXIrC]$/.test(arg)) at += 1;
    else if (/^(?:-\w*[cmeEnpRf]|--eval|--print|-r)/.test(arg)) return RUNS_CODE.test(args.slice(at).join(' ')) ? 'interpreter' : undefined;
    else if (!arg.startsWith('-')) return undefined;
  }
  return 'interpreter';
}

function clientReads(args: string[]): InputReader | undefined {
  const at = args.findIndex((arg) => /^(?:-[cefb]|--(?:command|execute|file|eval|batch-file))(?:=|$)/.test(arg));
  return at < 0 || args.slice(at).some((arg) => STDIN_FILE.test(arg.replace(/^.*=/, ''))) ? 'interpreter' : undefined;
}

/** Returns the reader of a program that starts another. The first argument that names a known program decides; without one, it may be a shell itself. */
function carriedReads(carrier: string, args: string[], depth: number, isSearched: boolean): InputReader | undefined {
  const lines = isSearched ? [] : args.filter((arg) => /\s/.test(arg)).map((arg) => inputReader(arg, depth + 1));
  const inLine = lines.find((reader) => reader === 'shell') ?? lines.find((reader) => reader !== undefined);
  if (inLine !== undefined) return inLine;
  const at = args.findIndex(mayRunInput);
  if (at >= 0) return readerOf(args.slice(at), depth + 1, true);
  if (carrier === 'xargs') return 'interpreter';
  return isShellItself(carrier, args) ? 'shell' : undefined;
}

const SHELL_BY_ITSELF: Readonly<Record<string, (args: string[]) => boolean>> = {
  sudo: (args) => args.some((arg) => /^(?:-[a-zA-Z]*[si]|--shell|--login)$/.test(arg)),
  doas: (args) => args.includes('-s'),
  su: (args) => !args.some((arg) => /^-\w*c$|^--command/.test(arg)),
  runuser: (args) => !args.some((arg) => /^-\w*[cu]$|^--(?:command|user)/.test(arg)),
  ssh: (args) => operands(args, /^-[bcDEeFIiJLlmOopQRSWw]$/) < 2,
  chroot: (args) => operands(args, /^$/) < 2,
  nsenter: (args) => operands(args, /^-[tSG]$/) < 1,
  unshare: (args) => operands(args, /^-[SG]$/) < 1,
  script: (args) => !args.some((arg) => /^-\w*c|^--command/.test(arg)),
  newgrp: () => true,
  login: () => true,
};
const isShellItself = (carrier: string, args: string[]): boolean => SHELL_BY_ITSELF[carrier]?.(args) === true;

const operands = (args: string[], takesValue: RegExp): number =>
  args.filter((arg, at) => !arg.startsWith('-') && !takesValue.test(args[at - 1] ?? '')).length;
