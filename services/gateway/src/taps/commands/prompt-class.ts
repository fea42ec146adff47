import { assignsPrompt, blanksPrompt, carriesShell, changesPrompt, namesInterpreter, namesShell } from './program-names.js';
import { RecentTexts } from './recent-texts.js';

/** The owner of a prompt: a shell, a shell that reads more of the same command, or a program that runs in it. */
export type PromptClass = 'shell' | 'continuation' | 'program';

/** Context in which a prompt is judged. */
export interface PromptSight {
  /** The prompt on its line. */
  readonly text: string;
  /** True if a line editor read the line: with bracketed paste on (`CSI ? 2004 h`) or with OSC 133 marks. */
  readonly isMarked: boolean;
  /** The command that runs, if known. */
  readonly foreground: string | undefined;
  /** True if that command is incomplete by shell syntax. */
  readonly isOpen: boolean;
}

const PROMPTS_KEPT = 32;
const SIGIL = /(?:^|[^\d])[$#%❯➜›»λ⟩>]\s?$/u;
const QUESTION = /[:?\]]\s*$/;
/** bash's PS2, and the continuation prompts of zsh (`heredoc> `, `for then> `). */
const CONTINUATION =
  /^(?:> ?|(?:(?:cmd)?(?:subst|and|or)|[bd]?quote|heredocd?|for|while|until|repeat|select|if|then|else|elif|case|function|cursh|subsh|pipe|math(?:subst)?|array|always|brace(?:par)?|foreach|elif-then)(?: [a-z-]+)*> )$/;
/** Prompts of known programs. A shell with such a prompt is still recognized by the command that led to it. */
const PROGRAM_PROMPTS: readonly RegExp[] = [
  /^(?:>>>|\.\.\.|\s*\.\.\.:|In \[\d+\]:) ?$/,
  /^(?:mysql|MariaDB \[[^\]]*\]|sqlite|cqlsh(?::\w+)?|SQL|influx|ftp|sftp|telnet|openssl|gnuplot|php|scala|jshell|julia|ghci|Prelude|mongosh?|redis|octave:\d+|iex\(\d+\)|\d+|lftp\b[^>]*|ipmitool|nmcli)> ?$/i,
  /^\s*(?:->|'>|">|`>|\.\.\.>|>>|>|\?>) ?$/,
  /^[\w.-]*[=\-('"!^*$@][#>] ?$/,
  /^(?:irb|pry)\(.*\)[^\s]*[>*] ?$/,
  /^(?:[\w.-]+:\d+(?:\[\d+\])?|not connected)> ?$/,
  /^(?:rs\w*|test|admin|local|\w+) ?(?:\[[\w: -]+\] \w+)?> $/,
  /^\(\w+\) ?$/,
  /^(?:virsh|\[?bluetooth\]?|crash) ?[#>] ?$/,
];

/** Returns true if the text ends in the sign of a shell's prompt. */
export const endsInSign = (text: string): boolean => SIGIL.test(text);
/** Returns true if the text is a prompt for the rest of a command. */
export const asksForMore = (text: string): boolean => CONTINUATION.test(text);
/** Returns the beginning of a line up to the first sign in which a prompt may end. */
export const guessPrompt = (line: string): string | undefined => /^.*?(?:^|[^\d\s])?[$#%❯➜»λ>]\s(?![>])/u.exec(line)?.[0];

/** Returns true for a prompt of a known program. */
export const looksOfProgram = (text: string): boolean => PROGRAM_PROMPTS.some((pattern) => pattern.test(text));

/** Returns the part of a prompt that stays when the directory changes: user and host, and the sign at the end. */
function shapeOf(prompt: string): string | undefined {
  const who = /[\w.-]+@[\w.-]+/.exec(prompt)?.[0];
  return who === undefined ? undefined : `${who} ${prompt.trimEnd().slice(-1)}`;
}

/**
 * Learns the prompts of one terminal's shells and judges new ones. In order:
 * 1. a prompt seen before, or one with the same user@host and sign, is a shell's; so is the first one of a login, unless it is a question;
 * 2. after a command that names a shell or changes the prompt, anything like a prompt is a shell's;
 * 3. a shell that marks its prompts continues to do so, unless the command leads elsewhere (ssh, su, docker …): a prompt without a mark is a program's;
 * 4. prompts of known programs (`>>> `, `mysql> `, `(gdb) ` …) are the program's;
 * 5. with a mark a prompt is a shell's unless it is a question, without a mark if it ends in a shell's sign.
 */
export class PromptBook {
  private readonly learned = new RecentTexts(PROMPTS_KEPT);
  private isLastMarked = false;
  private lastText: string | undefined;
  /** True if the last prompt of a shell was empty. */
  private isBlank = false;

  /** Returns the known prompts of shells, longest first. */
  get known(): string[] {
    return [...this.learned].sort((a, b) => b.length - a.length);
  }

  /** Returns the prompt of the last shell. */
  get last(): string | undefined {
    return this.lastText;
  }

  /** Returns true if the shell marks its prompts, and no command since leads out of it. */
  expectsMark(foreground: string | undefined): boolean {
    return (
      this.isLastMarked && foreground !== undefined && !carriesShell(foreground) && !changesPrompt(foreground) && !namesShell(foreground)
    );
  }

  /** Returns the text before a known prompt on its line: output without a line end. Returns undefined if there is none. */
  outputBefore(text: string): string | undefined {
    const prompt = this.known.find((known) => text.endsWith(known) && text.length > known.length);
    return prompt === undefined || this.learned.has(text) ? undefined : text.slice(0, -prompt.length);
  }

  isKnown(text: string): boolean {
    return this.learned.has(text) || this.hasShape(text);
  }

  /** Returns true if a shell's prompt may be empty: it was set so, and no other program with lines of its own runs. */
  mayBeBlank(foreground: string | undefined): boolean {
    return foreground !== undefined && !namesInterpreter(foreground) && (this.isBlank || blanksPrompt(foreground));
  }

  learn(text: string, isMarked: boolean): void {
    this.isBlank = text === '';
    if (this.isBlank) return;
    this.learned.add(text);
    this.isLastMarked = isMarked;
    this.lastText = text;
  }

  classify(sight: PromptSight): PromptClass {
    const { text, isMarked, foreground } = sight;
    if (text.trim() === '') return this.mayBeBlank(foreground) && (isMarked || !this.isLastMarked) ? 'shell' : 'program';
    if (sight.isOpen && CONTINUATION.test(text)) return 'continuation';
    if (this.isKnown(text)) return 'shell';
    if (foreground === undefined) return this.first(sight);
    if (changesPrompt(foreground) || namesShell(foreground)) return this.changed(sight, foreground);
    if (!isMarked && this.expectsMark(foreground)) return 'program';
    if (CONTINUATION.test(text) && !namesInterpreter(foreground)) return 'continuation';
    if (looksOfProgram(text)) return 'program';
    if (isMarked) return QUESTION.test(text) ? 'program' : 'shell';
    return SIGIL.test(text) && !(namesInterpreter(foreground) && text.trimEnd().endsWith('>')) ? 'shell' : 'program';
  }

  /** Judges a prompt after a command that leads to a shell or changes the prompt. Anything like a prompt is a shell's, even a program's (`PS1='>>> '` hides nothing). */
  private changed(sight: PromptSight, foreground: string): PromptClass {
    if (looksOfProgram(sight.text) && namesInterpreter(foreground)) return 'program';
    const isLike = sight.isMarked || SIGIL.test(sight.text) || assignsPrompt(foreground);
    return isLike || (changesPrompt(foreground) && !QUESTION.test(sight.text)) ? 'shell' : 'program';
  }

  /** Judges the first prompt of a login, which is a shell's in any form, except a question of the login. */
  private first(sight: PromptSight): PromptClass {
    return sight.isMarked || !QUESTION.test(sight.text) ? 'shell' : 'program';
  }

  private hasShape(text: string): boolean {
    const shape = shapeOf(text);
    return shape !== undefined && [...this.learned].some((prompt) => shapeOf(prompt) === shape);
  }
}
