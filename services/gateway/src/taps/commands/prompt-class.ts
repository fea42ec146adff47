import { assignsPrompt, carriesShell, changesPrompt, namesInterpreter, namesShell } from './program-names.js';

/** Who asks: a shell, a shell for more of the same command, or a program that runs in it. */
export type PromptClass = 'shell' | 'continuation' | 'program';

/** What is known when a prompt is judged. */
export interface PromptSight {
  /** The prompt as it stands on its line. */
  readonly text: string;
  /** The line was read with bracketed paste on (`CSI ? 2004 h`) or with OSC 133 marks: a line editor asks. */
  readonly isMarked: boolean;
  /** The command that runs, as far as known. */
  readonly foreground: string | undefined;
  /** That command is not complete yet by shell syntax. */
  readonly isOpen: boolean;
}

const PROMPTS_KEPT = 32;
const SIGIL = /(?:^|[^\d])[$#%❯➜›»λ⟩>]\s?$/u;
const QUESTION = /[:?\]]\s*$/;
/** bash's PS2 and those zsh makes of what is open (`heredoc> `, `for then> `). */
const CONTINUATION =
  /^(?:> ?|(?:(?:cmd)?(?:subst|and|or)|[bd]?quote|heredocd?|for|while|until|repeat|select|if|then|else|elif|case|function|cursh|subsh|pipe|math(?:subst)?|array|always|brace(?:par)?|foreach|elif-then)(?: [a-z-]+)*> )$/;
/** Prompts that programs are known by. A shell that wears one is still seen by what led to it. */
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

/** Ends in a shell's sign. */
export const endsInSign = (text: string): boolean => SIGIL.test(text);
/** What a shell asks for the rest of a command with. */
export const asksForMore = (text: string): boolean => CONTINUATION.test(text);
/** The beginning of a line up to the first sign that a prompt could end in. */
export const guessPrompt = (line: string): string | undefined => /^.*?(?:^|[^\d\s])?[$#%❯➜»λ>]\s(?![>])/u.exec(line)?.[0];

const looksOfProgram = (text: string): boolean => PROGRAM_PROMPTS.some((pattern) => pattern.test(text));

/** The part of a prompt that stays when the folder changes: who and where, and the sign at the end. */
function shapeOf(prompt: string): string | undefined {
  const who = /[\w.-]+@[\w.-]+/.exec(prompt)?.[0];
  return who === undefined ? undefined : `${who} ${prompt.trimEnd().slice(-1)}`;
}

/**
 * Learns the prompts of one terminal's shells and judges new ones. In order:
 * 1. a prompt seen before, or one with the same user@host and sign, is the shell's; so is the first of a login that is no question;
 * 2. after a command that names a shell or changes the prompt, anything like a prompt is a shell's;
 * 3. a shell that marks its prompts has not stopped doing so, unless the command leads elsewhere (ssh, su, docker …): without a mark it is a program's;
 * 4. prompts known of programs (`>>> `, `mysql> `, `(gdb) ` …) are the program's;
 * 5. with a mark it is a shell's unless it is a question, without one when it ends in a shell's sign.
 */
export class PromptBook {
  private readonly learned = new Set<string>();
  private isLastMarked = false;
  private lastText: string | undefined;

  /** Prompts of shells seen, longest first. */
  get known(): string[] {
    return [...this.learned].sort((a, b) => b.length - a.length);
  }

  /** The prompt of the last shell that asked. */
  get last(): string | undefined {
    return this.lastText;
  }

  /** A shell here marks its prompts, and nothing that ran since leads out of it. */
  expectsMark(foreground: string | undefined): boolean {
    return (
      this.isLastMarked && foreground !== undefined && !carriesShell(foreground) && !changesPrompt(foreground) && !namesShell(foreground)
    );
  }

  /** What stands before a known prompt on its line: output without a line end. Undefined when there is none. */
  outputBefore(text: string): string | undefined {
    const prompt = this.known.find((known) => text.endsWith(known) && text.length > known.length);
    return prompt === undefined || this.learned.has(text) ? undefined : text.slice(0, -prompt.length);
  }

  isKnown(text: string): boolean {
    return this.learned.has(text) || this.hasShape(text);
  }

  learn(text: string, isMarked: boolean): void {
    this.learned.delete(text);
    this.learned.add(text);
    this.isLastMarked = isMarked;
    this.lastText = text;
    // A set keeps the order of adding, so the first is the one not seen for longest.
    for (const oldest of this.learned) if (this.learned.size > PROMPTS_KEPT) this.learned.delete(oldest);
  }

  classify(sight: PromptSight): PromptClass {
    const { text, isMarked, foreground } = sight;
    if (text.trim() === '') return 'program';
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

  /** The command before leads to a shell or changes the prompt: whatever looks like a prompt is one, even a program's (`PS1='>>> '` hides nothing). */
  private changed(sight: PromptSight, foreground: string): PromptClass {
    if (looksOfProgram(sight.text) && namesInterpreter(foreground)) return 'program';
    const isLike = sight.isMarked || SIGIL.test(sight.text) || assignsPrompt(foreground);
    return isLike || (changesPrompt(foreground) && !QUESTION.test(sight.text)) ? 'shell' : 'program';
  }

  /** Nothing ran before: the login's own prompt, whatever it looks like, but not a question of the login. */
  private first(sight: PromptSight): PromptClass {
    return sight.isMarked || !QUESTION.test(sight.text) ? 'shell' : 'program';
  }

  private hasShape(text: string): boolean {
    const shape = shapeOf(text);
    return shape !== undefined && [...this.learned].some((prompt) => shapeOf(prompt) === shape);
  }
}
