import { assignsPrompt } from './program-names.js';
import { asksForPassword, mayAskForSecret, mayReadSecret, runsLine, type Asker, type Doubt } from './unseen-rules.js';
import type { TypedPiece } from './typed-piece.js';

/** Most lines behind one command that may be its passwords: `passwd` reads three. */
const MOST_ANSWERS = 3;
/** Options with which a program may ask for a password with a text of the user, or with none. */
const ASKS_SILENTLY = /(?:^|\s)-\w*[pSs]\b|--prompt|--stdin|SUDO_PROMPT/;
const QUESTION = /[:?]\s*$/;
const SETTINGS_KEPT = 4096;

/**
 * Decides which lines of a terminal that never echoes may be passwords. A line is one if it was typed at a question, or behind a command that reads passwords
 * and asked as many questions. A shell that shows its prompt without a question before it has read the line itself.
 */
export class SecretAnswers {
  private asker: Asker | undefined;
  /** Lines that set a prompt: a question in them is the shell's own. */
  private settings = '';

  /** `foreground`: the command line that runs before anything is typed. */
  constructor(foreground: string | undefined) {
    this.note(foreground);
  }

  /** Takes a line in order. `isAtOnce`: it was sent together with the line before it, so the terminal shows nothing of it. */
  typed({ left, isPrompt, ...piece }: TypedPiece & { left: string; isPrompt: boolean }, isAtOnce: boolean): Doubt | undefined {
    const isAsked = !isAtOnce && this.isQuestion(left, isPrompt);
    if (!isAtOnce && isPrompt && !isAsked && (this.asker?.answers ?? 0) >= (this.asker?.least ?? 0)) this.asker = undefined;
    const doubt = isAsked ? this.asked() : this.behindAsker();
    if (!doubt) this.note(piece.text);
    return doubt;
  }

  /** Takes output, to count its questions. */
  output(text: string): void {
    if (!this.asker) return;
    for (const line of text.split(/[\r\n]+/)) if (asksForPassword(line) || QUESTION.test(line)) this.asker.questions += 1;
  }

  /** Returns true if the line may be a password, by all that was shown until now. */
  isSecret({ asker, index }: Doubt): boolean {
    return asker === undefined || index < Math.max(asker.least, asker.questions);
  }

  private asked(): Doubt {
    // The answer may be one of several that are sent together.
    this.asker ??= { least: 0, questions: 1, answers: 0 };
    this.asker.answers += 1;
    return { index: 0 };
  }

  private behindAsker(): Doubt | undefined {
    const { asker } = this;
    if (!asker || asker.answers >= MOST_ANSWERS) return undefined;
    asker.answers += 1;
    return { asker, index: asker.answers - 1 };
  }

  private note(text: string | undefined): void {
    if (text === undefined) return;
    if (assignsPrompt(text)) this.settings = (this.settings + text).slice(-SETTINGS_KEPT);
    if (mayReadSecret({ text }) && !runsLine(text)) this.asker = { least: leastAnswers(text), questions: 0, answers: 0 };
  }

  /** Returns true if the text before the cursor may ask for a password. A shell's prompt counts only if it names one. */
  private isQuestion(left: string, isPrompt: boolean): boolean {
    const text = left.trim();
    if (text === '' || (this.settings.includes(text) && !this.asker)) return false;
    return asksForPassword(text) || (!isPrompt && mayAskForSecret(text));
  }
}

function leastAnswers(command: string): number {
  const reads = command.match(/(?:^|[\s;&|(])read\s/g)?.length ?? 0;
  return Math.min(MOST_ANSWERS, Math.max(reads, ASKS_SILENTLY.test(command) ? 1 : 0));
}
