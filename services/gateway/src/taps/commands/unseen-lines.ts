import { stripVTControlCharacters } from 'node:util';
import type { Clock, Timer } from '@sallyport/context';
import { namesInterpreter, namesShell } from './program-names.js';

/** A line that is not found as a command is judged after this time: its echo, and the shell that takes it, are there by then. */
const JUDGED_AFTER_MS = 2_500;
const LINES_KEPT = 256;
/** Output that is searched for the echo of a line. */
const ECHO_CHARS = 32 * 1024;
const PASSWORD_PROMPT =
  /pass(?:word|phrase|code)|passwor|kennwort|mot de passe|contrase|senha|парол|密码|\bpin\b|token|secret|otp\b|code\b|key\b/i;
const QUESTION = /[:?\]]\s*$/;
/** Programs that ask for passwords, at any prompt or none. */
const ASKS_PASSWORD =
  /(?:^|[\s;&|(/])(?:sudo|su|doas|ssh|scp|sftp|rsync|passwd|chpasswd|login|kinit|gpg2?|openssl|cryptsetup|mysql|mariadb|psql|mongosh|redis-cli|docker|podman|vault|ssh-add|ssh-keygen|htpasswd|smbclient|ftp|telnet)(?:\s|$)/;
/** A command line that may run what it reads. */
const RUNS_INPUT = /(?:^|[\s;&|(/])(?:eval|source|\.|stty)\s/;
/** A command line that runs a whole line that it reads: `read -s x; eval "$x"`. A password is not a command line. */
const RUNS_LINE = /(?:^|[\s;&|(])eval\s+"?\$\{?\w+\}?"?\s*(?:$|[;&|)])/;
/** A shell that reads commands from the terminal: no script, no `-c`. */
const INTERACTIVE_SHELL = /^\s*(?:exec\s+)?(?:\S*\/)?(?:ba|da|z|k|mk|fi|a)?sh(?:\s+--?[a-z-]*(?<!-c))*(?:\s+\d*[<>]\S+)*\s*$/;
/** A command line that writes what it reads into a file, which may be run later. */
const WRITES_INPUT = /(?:^|[\s;&|(/])(?:cat\b[^;&|]*>|tee\s|dd\s|install\s)/;
/** A shell escape of an editor or pager: `:silent !cmd`, `!cmd`. */
const ESCAPE = /^(?::.*!|!|\|)/;

/** The terminal at the first key of a line. */
export interface LineStart {
  /** Text before the cursor. */
  readonly left: string;
  /** True if a shell waits for a command there. */
  readonly isPrompt: boolean;
  readonly isAlternate: boolean;
}

/** A line that was sent and stands in no command. */
interface SentLine extends LineStart {
  readonly text: string | undefined;
  readonly bytes: number;
  readonly at: number;
  readonly dueAt: number;
  readonly foreground: string | undefined;
}

/** The text of a line that was not shown, and the time of its Enter in milliseconds since 1970. */
export interface TypedText {
  readonly text: string;
  readonly at: number;
}

/** Typed lines that were not shown. No text of them may be recorded but sealed. */
export interface UnseenInput {
  readonly bytes: number;
  readonly lines: number;
  /** Present if the text is to be sealed. */
  readonly typed?: readonly TypedText[];
}

export interface UnseenLinesOptions {
  readonly clock: Clock;
  /** Takes a line that a shell may have run although it was not found on the screen. */
  readonly inferred: (text: string, at: number) => void;
  /** Takes lines that were not echoed and that may be passwords. */
  readonly unseen: (input: UnseenInput) => void;
  /** True if it gets their text too. */
  readonly keepsText?: boolean;
}

/**
 * Judges the typed lines that were not found as commands on the screen. A line at a shell's prompt, or for a command that runs its input, is reported as a guess.
 * A line that was not echoed and may be a password is only counted.
 */
export class UnseenLines {
  private waiting: SentLine[] = [];
  private echo = '';
  private timer: Timer | undefined;

  constructor(private readonly options: UnseenLinesOptions) {}

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  sent(line: Omit<SentLine, 'dueAt'>): void {
    if (line.bytes === 0) return;
    this.waiting.push({ ...line, dueAt: this.options.clock.monotonic() + JUDGED_AFTER_MS });
    if (this.waiting.length > LINES_KEPT) this.judge(this.waiting.splice(0, 1));
    this.timer ??= this.options.clock.timeout(JUDGED_AFTER_MS, () => this.timeIsUp());
  }

  /** Takes output that may be the echo of a line. */
  output(data: Uint8Array): void {
    this.echo = (this.echo + plain(Buffer.from(data).toString('utf8'))).slice(-ECHO_CHARS);
  }

  /** Forgets the first line that spells a part of a command. */
  found(command: string): void {
    const all = plain(command);
    this.waiting = this.waiting.filter(({ text }) => text === undefined || !all.includes(plain(text)));
  }

  close(): void {
    this.timer?.cancel();
    this.judge(this.waiting.splice(0));
  }

  private timeIsUp(): void {
    this.timer = undefined;
    const now = this.options.clock.monotonic();
    const due = this.waiting.filter((line) => line.dueAt <= now);
    this.waiting = this.waiting.filter((line) => line.dueAt > now);
    this.judge(due);
    const [next] = this.waiting;
    if (next) this.timer ??= this.options.clock.timeout(next.dueAt - now, () => this.timeIsUp());
    else this.echo = '';
  }

  private judge(lines: readonly SentLine[]): void {
    const unseen = { bytes: 0, lines: 0 };
    const typed: TypedText[] = [];
    for (const line of lines) {
      const { text } = line;
      // Keys that edit a line do not spell it, so that its echo is unknown.
      if (text === undefined || text.trim() === '') continue;
      const isEchoed = this.echo.includes(plain(text));
      if (isEchoed ? mayBeCommand(line, text) : isUnseenCommand(line)) this.options.inferred(text, line.at);
      else if (!isEchoed) {
        unseen.bytes += line.bytes;
        unseen.lines += 1;
        typed.push({ text, at: line.at });
      }
    }
    if (unseen.lines > 0) this.options.unseen(this.options.keepsText ? { ...unseen, typed } : unseen);
  }
}

const plain = (text: string): string => stripVTControlCharacters(text).replace(/[^\x21-\x7e\u00a0-\uffff]/g, '');

/** Returns true for an echoed line that a shell may run: at a prompt, for a command that runs or stores it, or as a shell escape. */
function mayBeCommand({ isPrompt, isAlternate, foreground = '' }: SentLine, text: string): boolean {
  if (isAlternate) return ESCAPE.test(text);
  if (namesInterpreter(foreground)) return false;
  return isPrompt || namesShell(foreground) || RUNS_INPUT.test(foreground) || WRITES_INPUT.test(foreground);
}

/** Returns true for a line that was not echoed and is not a password. In doubt it is one. */
function isUnseenCommand({ left, isPrompt, isAlternate, foreground = '' }: SentLine): boolean {
  if (isAlternate || PASSWORD_PROMPT.test(left) || QUESTION.test(left)) return false;
  if (isPrompt) return true;
  return !ASKS_PASSWORD.test(foreground) && (RUNS_LINE.test(foreground) || INTERACTIVE_SHELL.test(foreground));
}
