import { simpleCommands } from './command-line-words.js';
import { CARRIERS, CLIENTS, isOwnShell, LANGUAGES, mayRunInput, programName, RUNNERS, SHELLS } from './stdin-programs.js';

/** Who reads what is sent to a channel without a terminal: a shell line by line, or another language's interpreter. */
export type InputReader = 'shell' | 'interpreter';

/** Words before a command that belong to the shell's own syntax. */
const KEYWORDS = new Set(['if', 'then', 'elif', 'else', 'do', 'while', 'until', '!', '{', '}', 'time']);
const ASSIGNMENT = /^\w+(?:\[[^\]]*\])?\+?=/;
const STDIN_FILE = /^(?:-|\/dev\/stdin|\/dev\/fd\/0|\/proc\/(?:self|thread-self|\$\$)\/fd\/0)$/;
/** Code given as an argument that may run what it reads. */
const RUNS_CODE = /\b(?:exec|eval|system|popen|spawn\w*|subprocess|child_process|instance_eval|Function|sh|bash)\b|`/;
/** Command lines within command lines: deeper than this nobody means it well. */
const DEPTH_LIMIT = 6;
/** A longer command line is not taken apart: what is sent to it is looked at as a shell's. */
const LENGTH_LIMIT = 16 * 1024;

/**
 * Whether what is sent to a command line is run by something in it. A program whose name is made at run time (`$x`, `/bin/b?sh`)
 * counts as a shell; a program that is not known, does not: its input is bulk.
 */
export function inputReader(commandLine: string, depth = 0): InputReader | undefined {
  if (depth > DEPTH_LIMIT || commandLine.length > LENGTH_LIMIT) return 'shell';
  const readers = simpleCommands(commandLine).map((words) => readerOf(words, depth));
  return readers.find((reader) => reader === 'shell') ?? readers.find((reader) => reader !== undefined);
}

/** `isSearched`: the words were looked at for command lines within them, and there is none that reads. */
function readerOf(all: string[], depth: number, isSearched = false): InputReader | undefined {
  const from = all.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNMENT.test(word));
  const [word, ...rest] = from < 0 ? [] : all.slice(from);
  if (word === undefined) return undefined;
  if (depth > DEPTH_LIMIT) return 'shell';
  const program = programName(word);
  if (RUNNERS.has(program)) return 'shell';
  if (isOwnShell(word) || SHELLS.has(program)) return shellReads(rest, depth);
  if (/[$*?[\]~]/.test(word.replace(/^~\//, '')) && word !== '[' && word !== '[[') return 'shell';
  if (program === '.' || word === '.' || word === 'source') return rest.some((file) => STDIN_FILE.test(file)) ? 'shell' : undefined;
  if (LANGUAGES.has(program)) return languageReads(rest);
  if (CLIENTS.has(program)) return clientReads(rest);
  if (CARRIERS.has(program)) return carriedReads(program, rest, depth, isSearched);
  return /^[gmn]?awk$/.test(program) && rest.some((code) => /\bsystem\s*\(|\|/.test(code)) ? 'shell' : undefined;
}

/** Shells take options first; then, after `-c`, a command line, else a script; else they read. */
function shellReads(words: string[], depth: number): InputReader | undefined {
  let isInline = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (STDIN_FILE.test(word)) {
      if (words[at + 1] === undefined) return 'shell';
    } else if (/^--(?:rcfile|init-file)$/.test(word) || /^[-+]\w*[oO]$/.test(word)) at += 1;
    else if (/^-\w*s\w*$/.test(word)) return 'shell';
    else if (/^(?:-\w*c\w*|--command|-Command)$/.test(word)) isInline = true;
    else if (!/^[-+]/.test(word)) return isInline ? inputReader(word, depth + 1) : undefined;
  }
  return 'shell';
}

/** Languages run the file or the code they are given; what is given may itself run what it reads. */
function languageReads(words: string[]): InputReader | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (STDIN_FILE.test(word)) return 'interpreter';
    if (/^-\w*i$|^--interactive$/.test(word)) return 'interpreter';
    if (/^-[WXIrC]$/.test(word)) at += 1;
    else if (/^(?:-\w*[cmeEnpRf]|--eval|--print|-r)/.test(word))
      return RUNS_CODE.test(words.slice(at).join(' ')) ? 'interpreter' : undefined;
    else if (!word.startsWith('-')) return undefined;
  }
  return 'interpreter';
}

function clientReads(words: string[]): InputReader | undefined {
  const at = words.findIndex((word) => /^(?:-[cefb]|--(?:command|execute|file|eval|batch-file))(?:=|$)/.test(word));
  return at < 0 || words.slice(at).some((word) => STDIN_FILE.test(word.replace(/^.*=/, ''))) ? 'interpreter' : undefined;
}

/** The first argument that names a program of these decides; a carrier that is given none may be a shell itself. */
function carriedReads(carrier: string, words: string[], depth: number, isSearched: boolean): InputReader | undefined {
  const lines = isSearched ? [] : words.filter((word) => /\s/.test(word)).map((word) => inputReader(word, depth + 1));
  const inLine = lines.find((reader) => reader === 'shell') ?? lines.find((reader) => reader !== undefined);
  if (inLine !== undefined) return inLine;
  const at = words.findIndex(mayRunInput);
  if (at >= 0) return readerOf(words.slice(at), depth + 1, true);
  if (carrier === 'xargs') return 'interpreter';
  return isShellItself(carrier, words) ? 'shell' : undefined;
}

const SHELL_BY_ITSELF: Readonly<Record<string, (words: string[]) => boolean>> = {
  sudo: (words) => words.some((word) => /^(?:-[a-zA-Z]*[si]|--shell|--login)$/.test(word)),
  doas: (words) => words.includes('-s'),
  su: (words) => !words.some((word) => /^-\w*c$|^--command/.test(word)),
  runuser: (words) => !words.some((word) => /^-\w*[cu]$|^--(?:command|user)/.test(word)),
  ssh: (words) => operands(words, /^-[bcDEeFIiJLlmOopQRSWw]$/) < 2,
  chroot: (words) => operands(words, /^$/) < 2,
  nsenter: (words) => operands(words, /^-[tSG]$/) < 1,
  unshare: (words) => operands(words, /^-[SG]$/) < 1,
  script: (words) => !words.some((word) => /^-\w*c|^--command/.test(word)),
  newgrp: () => true,
  login: () => true,
};
const isShellItself = (carrier: string, words: string[]): boolean => SHELL_BY_ITSELF[carrier]?.(words) === true;

const operands = (words: string[], takesValue: RegExp): number =>
  words.filter((word, at) => !word.startsWith('-') && !takesValue.test(words[at - 1] ?? '')).length;
