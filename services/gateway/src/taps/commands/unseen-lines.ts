import { stripVTControlCharacters } from 'node:util';
import type { Clock, Timer } from '@sallyport/context';
import { EchoingPrompts } from './echoing-prompts.js';
import type { TypedLine } from './typed-keys.js';
import { textRuns, type TypedPiece } from './typed-piece.js';
import type { PipedLines } from './piped-lines.js';
import type { SecretAnswers } from './secret-answers.js';
import { isShownCommand, isUnseenCommand, mayReadSecret, plain, shows, spells, typedText, type UnseenPiece } from './unseen-rules.js';

/** Keys that are not found as a command are judged after this time: their echo, and the shell that takes them, are there by then. */
const JUDGED_AFTER_MS = 2_500;
/** A line typed ahead of a slow command waits for its turn, so it is judged when it is taken or after this time. */
const TURN_MS = 30_000;
const LOOK_AGAIN_MS = 1_000;
/** A program asks for a password within this time. */
const ASKED_AFTER_MS = 10_000;
const PIECES_KEPT = 256;
/** Output that is searched for the echo of keys. */
const ECHO_CHARS = 32 * 1024;

/** The text of a line that was not shown, and the time of its Enter in milliseconds since 1970. */
export interface TypedText {
  readonly text: string;
  readonly at: number;
}

/** The judges of the lines of a terminal that was requested without echo. */
interface QuietTerminal {
  readonly lines: PipedLines;
  readonly answers: SecretAnswers;
  /** Returns true if a shell appears to wait. */
  readonly isAtPrompt: () => boolean;
}

/** Typed lines that were not shown. No text of them may be recorded but sealed. */
export interface UnseenInput {
  readonly bytes: number;
  /** 0 for the terminal's own answers. */
  readonly lines: number;
  /** Present if the text is to be sealed. */
  readonly typed?: readonly TypedText[];
}

export interface UnseenLinesOptions {
  readonly clock: Clock;
  /** Takes a line that a shell may have run although it was not found on the screen. */
  readonly inferred: (text: string, at: number) => void;
  /** Takes a line that was shown and that a program read, not a shell. */
  readonly program: (piece: UnseenPiece) => void;
  /** Returns true if a shell may still take a line that was shown before its turn. */
  readonly mayBeTaken: (line: TypedLine) => boolean;
  /** Takes lines that were not echoed and that may be passwords. */
  readonly unseen: (input: UnseenInput) => void;
  /** True if it gets their text too. */
  readonly keepsText?: boolean;
  /** Present for a terminal that was requested without echo. There, a line without an echo is a command, unless it may be a password. */
  readonly quiet?: QuietTerminal;
}

/**
 * Judges the keys that were not found as commands on the screen. What was typed at a shell's prompt, or for a command that runs its input, is reported as a guess.
 * What was not echoed and may be a password is only counted.
 */
export class UnseenLines {
  private waiting: UnseenPiece[] = [];
  private echo = '';
  private echoEnd = 0;
  private outputBytes = 0;
  /** The line that was sent last, until any output comes. */
  private lastSent: TypedPiece | undefined;
  private timer: Timer | undefined;
  private readonly echoing = new EchoingPrompts();

  constructor(private readonly options: UnseenLinesOptions) {}

  /** Returns the length of all output that was taken. */
  get echoFrom(): number {
    return this.echoEnd;
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  typed(piece: Omit<UnseenPiece, 'dueAt' | 'lastDueAt' | 'outputBefore'>): void {
    const before = this.lastSent;
    const doubt = piece.keys.trim() === '' ? undefined : this.options.quiet?.answers.typed(piece, before !== undefined);
    // Lines that were sent at once: the first one may read the next.
    const sight = before && mayReadSecret(before) ? { isPrompt: false, foreground: before.text ?? 'sudo' } : {};
    if (!piece.isCut && piece.keys !== '') this.lastSent = piece;
    const dueAt = this.options.clock.monotonic() + (doubt?.asker ? ASKED_AFTER_MS : JUDGED_AFTER_MS);
    this.waiting.push({ ...piece, ...sight, outputBefore: this.outputBytes, dueAt, lastDueAt: dueAt + TURN_MS, doubt });
    if (this.waiting.length > PIECES_KEPT) this.judge(this.waiting.splice(0, PIECES_KEPT / 2));
    this.timer ??= this.options.clock.timeout(JUDGED_AFTER_MS, () => this.timeIsUp());
  }

  /** Takes output that may be the echo of keys. */
  output(data: Uint8Array): void {
    this.lastSent = undefined;
    this.outputBytes += data.length;
    const shown = stripVTControlCharacters(Buffer.from(data).toString('utf8'));
    this.options.quiet?.answers.output(shown);
    const text = plain(shown);
    this.echoEnd += text.length;
    this.echo = (this.echo + text).slice(-ECHO_CHARS);
  }

  /** Forgets the keys that spell a command: those of `line`, and one for each line of its text. */
  found(command: string, line?: TypedLine): void {
    const lines = command.split('\n').map(plain);
    const isTaken = line !== undefined && this.forget((piece) => piece.line === line && spells(piece, command), lines);
    const spelled = lines.filter((shown) => this.forget(({ text }) => text !== undefined && plain(text) === shown)).length;
    const all = plain(command);
    if (!isTaken && spelled === 0) this.forget(({ text = '' }) => plain(text) !== '' && all.includes(plain(text)));
  }

  /** Forgets the first piece that fits, and its text in `lines`; returns false if there is none. */
  private forget(isIt: (piece: UnseenPiece) => boolean, lines: string[] = []): boolean {
    const at = this.waiting.findIndex(isIt);
    if (at < 0) return false;
    const [piece] = this.waiting.splice(at, 1);
    this.echoing.note(piece!);
    const inCommand = lines.indexOf(plain(piece!.text ?? ''));
    if (inCommand >= 0) lines.splice(inCommand, 1);
    return true;
  }

  close(): void {
    this.timer?.cancel();
    this.judge(this.waiting.splice(0), true);
    this.options.quiet?.lines.end();
  }

  private timeIsUp(): void {
    this.timer = undefined;
    const now = this.options.clock.monotonic();
    const waiting = this.waiting.map((piece) =>
      piece.dueAt <= now && this.mayWait(piece, now) ? { ...piece, dueAt: now + LOOK_AGAIN_MS } : piece,
    );
    this.waiting = waiting.filter((piece) => piece.dueAt > now);
    this.judge(waiting.filter((piece) => piece.dueAt <= now));
    const next = Math.min(...this.waiting.map(({ dueAt }) => dueAt));
    if (this.waiting.length > 0) this.timer ??= this.options.clock.timeout(next - now, () => this.timeIsUp());
    else this.echo = '';
  }

  private mayWait(piece: UnseenPiece, now: number): boolean {
    const { line, doubt } = piece;
    if (this.options.quiet)
      return (
        doubt?.asker !== undefined && now < piece.lastDueAt && !(this.outputBytes > piece.outputBefore && this.options.quiet.isAtPrompt())
      );
    return line?.isEchoed === true && now < piece.lastDueAt && !isShownCommand(piece) && this.options.mayBeTaken(line);
  }

  private judge(pieces: readonly UnseenPiece[], isEnd = false): void {
    const { quiet } = this.options;
    const unseen = pieces.filter((piece) => (quiet ? !this.pipes(quiet, piece, isEnd) : !this.reports(piece)));
    if (unseen.length === 0) return;
    const bytes = unseen.reduce((sum, piece) => sum + piece.bytes, 0);
    const typed = unseen.filter(({ keys }) => keys !== '').map((piece) => ({ text: typedText(piece), at: piece.at }));
    this.options.unseen({ bytes, lines: unseen.length, ...(this.options.keepsText && { typed }) });
  }

  /** Returns false for keys that were not shown and may be a password. Reports other keys if a shell or program read them. */
  private reports(piece: UnseenPiece): boolean {
    const isShown = this.isShown(piece);
    if (isShown) this.echoing.note(piece);
    const isPrompt = piece.isPrompt && !this.echoing.mayAsk(piece);
    if (isShown ? isShownCommand(piece) : isUnseenCommand({ ...piece, isPrompt }))
      this.options.inferred(isShown ? (piece.text ?? '') : typedText(piece), piece.at);
    else if (piece.line?.isEchoed && !piece.isAlternate) this.options.program(piece);
    else return isShown;
    return true;
  }

  /** Reports a line of a terminal without echo, unless it may be a password. */
  private pipes({ lines, answers, isAtPrompt }: QuietTerminal, piece: UnseenPiece, isEnd: boolean): boolean {
    const { doubt, bytes, at } = piece;
    const isInDoubt = doubt !== undefined && !isEnd && !isAtPrompt();
    if (doubt && (isInDoubt || answers.isSecret(doubt))) lines.withheld(bytes, at);
    else {
      lines.add(typedText(piece), at);
      return true;
    }
    return false;
  }

  /** Returns true if the screen showed the typed text. */
  private isShown(piece: UnseenPiece): boolean {
    // Of Enter alone, any output is an answer.
    if (piece.keys === '') return this.outputBytes > piece.outputBefore;
    const echo = this.echo.slice(Math.max(0, this.echo.length - (this.echoEnd - piece.echoFrom)));
    return plain(textRuns(piece.keys).join('')) !== '' && shows(echo, piece);
  }
}
