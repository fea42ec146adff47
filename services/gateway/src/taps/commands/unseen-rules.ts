import { stripVTControlCharacters } from 'node:util';
import { blanksPrompt, namesInterpreter, namesShell } from './program-names.js';
import type { TypedLine } from './typed-keys.js';
import { spelled, textRuns, type TypedPiece } from './typed-piece.js';

const PASSWORD_PROMPT =
  /pass(?:word|phrase|code)|passwor|kennwort|mot de passe|contrase|senha|парол|密码|\bpin\b|token|secret|otp\b|code\b|key\b/i;
const QUESTION = /[:?\]]\s*$/;
/** Programs that ask for passwords, at any prompt or none. */
const ASKS_PASSWORD =
  /(?:^|[\s;&|(/])(?:sudo|su|doas|ssh|scp|sftp|rsync|passwd|chpasswd|login|kinit|gpg2?|openssl|cryptsetup|mysql|mariadb|psql|mongosh|redis-cli|docker|podman|vault|ssh-add|ssh-keygen|htpasswd|smbclient|ftp|telnet)(?:\s|$)/;
const HIDES_INPUT = /(?:^|[\s;&|(])(?:read\s[^;&|]*-\w*s|stty\s[^;&|]*-echo)/;
const ASKS_LINE = new RegExp(`${ASKS_PASSWORD.source}|(?:^|[\\s;&|(])read\\s`);
/** Shorter text may stand on the screen by chance. */
const SURE_CHARS = 4;
/** Most parts that are looked for one by one: each costs a search. */
const MOST_RUNS = 64;
/** A command line that may run what it reads. */
const RUNS_INPUT = /(?:^|[\s;&|(/])(?:eval|source|\.|stty)\s/;
/** A command line that runs whole lines that it reads: `read -s x; eval "$x"`, `perl -ne 'system $_'`, `. /dev/tty`. A password is not a command line. */
const RUNS_LINE =
  /(?:^|[\s;&|(])(?:eval\s+"?\$\{?\w+(?:\[\w+\])?\}?"?|(?:\.|source)\s+\/dev\/(?:tty|stdin|fd\/0))\s*(?:$|[;&|)])|\bsystem\s*\(?\s*\$(?:_|0)\b/;
/** Returns true for a command line that runs whole lines that it reads. */
export const runsLine = (command: string): boolean => RUNS_LINE.test(command);
/** A shell that reads commands from the terminal: no script, no `-c`. */
const INTERACTIVE_SHELL = /^\s*(?:exec\s+)?(?:\S*\/)?(?:ba|da|z|k|mk|fi|a)?sh(?:\s+--?[a-z-]*(?<!-c))*(?:\s+\d*[<>]\S+)*\s*$/;
/** A command line that writes what it reads into a file, which may be run later. */
const WRITES_INPUT = /(?:^|[\s;&|(/])(?:cat\b[^;&|]*>|tee\s|dd\s|install\s)/;
/** A shell escape of an editor or pager: `:silent !cmd`, `!cmd`. */
const ESCAPE = /^(?::.*!|!|\|)/;
/** The same of a program with a language of its own: `!cmd` of ed, `\! cmd` of clients. */
const PROGRAM_ESCAPE = /^\s*\\?!\s*\S/;

/** The terminal at the first key of a line. */
export interface LineStart {
  /** Text before the cursor. */
  readonly left: string;
  /** True if a shell waits for a command there. */
  readonly isPrompt: boolean;
  readonly isAlternate: boolean;
  /** Length of the output before its keys: their echo is behind it. */
  readonly echoFrom: number;
}

/** A command that may read passwords, and what was seen of it. */
export interface Asker {
  /** Lines that it reads though it asks nothing. */
  readonly least: number;
  /** Questions that the terminal showed since it was typed. */
  questions: number;
  /** Lines behind it that may be answers. */
  answers: number;
}

/** Doubt about a line: it was typed at a question, or stands behind a command that may read it. */
export interface Doubt {
  readonly asker?: Asker;
  /** Number of lines behind the command before it. */
  readonly index: number;
}

/** Keys that stand in no command. */
export interface UnseenPiece extends LineStart, TypedPiece {
  /** The line that they sent with Enter. */
  readonly line: TypedLine | undefined;
  /** Bytes of output that had come before it. */
  readonly outputBefore: number;
  readonly dueAt: number;
  /** Last time at which it may be judged. */
  readonly lastDueAt: number;
  /** Of a terminal without echo: the line may be a password. */
  readonly doubt?: Doubt | undefined;
  readonly foreground: string | undefined;
}

/** Returns true for a line behind which a program may read a password. An edited one may be any line. */
export const mayReadSecret = ({ text }: Pick<TypedPiece, 'text'>): boolean => text === undefined || ASKS_LINE.test(text);
/** Returns true for a command that may read a password without a question of its own. */
export const mayHideInput = (command: string): boolean => ASKS_PASSWORD.test(command) || HIDES_INPUT.test(command);
/** Returns true if the text before the cursor names a password. */
export const asksForPassword = (left: string): boolean => PASSWORD_PROMPT.test(left);
/** Returns true if the text before the cursor may ask for a password. */
export const mayAskForSecret = (left: string): boolean => PASSWORD_PROMPT.test(left) || QUESTION.test(left);

export const plain = (text: string): string => stripVTControlCharacters(text).replace(/[^\x21-\x7e\u00a0-\uffff]/g, '');

/** Returns true if `shown` has the typed text. Of text that keys edited, it has the longer parts. */
export function shows(shown: string, { text, keys }: TypedPiece): boolean {
  const runs = textRuns(keys);
  const whole = plain(runs.join(''));
  if (shown.includes(whole) || (text !== undefined && text.trim() !== '' && shown.includes(plain(text)))) return true;
  const parts = runs.map(plain).filter((run) => run.length >= SURE_CHARS);
  return (
    text === undefined && runs.length <= MOST_RUNS && parts.join('').length * 2 >= whole.length && parts.every((run) => shown.includes(run))
  );
}

/** Returns true if keys that edit may have made `command`: it was recalled or completed, or has their characters in order. */
export function spells(piece: TypedPiece, command: string): boolean {
  const shown = plain(command);
  let at = -1;
  const isInOrder = [...plain(piece.text ?? textRuns(piece.keys).join(''))].every((char) => (at = shown.indexOf(char, at + 1)) >= 0);
  return shown !== '' && (shows(shown, piece) || isInOrder);
}

/** Returns what was typed; with the keys, if a key edited it. */
export function typedText({ text = '', keys }: TypedPiece): string {
  if (text.trim() === '') return spelled(keys);
  return text.length >= keys.length ? text : `${text} (keys: ${spelled(keys)})`;
}

/** Returns true for a shown line that a shell may run: at a prompt, for a command that runs or stores it, or as a shell escape. */
export function isShownCommand({ text, isCut, isPrompt, isAlternate, foreground = '' }: UnseenPiece): boolean {
  // Keys that edit a line do not spell it, and the recording has what they made of it.
  if (text === undefined || isCut) return false;
  if (isAlternate) return ESCAPE.test(text);
  if (namesInterpreter(foreground)) return PROGRAM_ESCAPE.test(text);
  return isPrompt || namesShell(foreground) || blanksPrompt(foreground) || RUNS_INPUT.test(foreground) || WRITES_INPUT.test(foreground);
}

const isWithoutText = (keys: string, isCut: boolean): boolean => keys.trim() === '' || (isCut && textRuns(keys).length === 0);

/** Returns true for keys that were not shown and are not a password. In doubt they are one. */
export function isUnseenCommand({ keys, isCut, left, isPrompt, isAlternate, foreground = '' }: UnseenPiece): boolean {
  if (isAlternate || mayAskForSecret(left) || isWithoutText(keys, isCut)) return false;
  if (isPrompt) return true;
  return !ASKS_PASSWORD.test(foreground) && (RUNS_LINE.test(foreground) || INTERACTIVE_SHELL.test(foreground));
}
