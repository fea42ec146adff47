import { uuidv7, type Clock } from '@sallyport/context';
import { readBehind, readFrom, readTyped, type Entry } from './entry-reader.js';
import type { ForegroundCommand } from './foreground-command.js';
import { placeOf, type LineEdit, type PromptSeen } from './line-edit.js';
import { cutToBytes, INPUT_LIMIT_BYTES, type ObservedCommand } from './observed-command.js';
import { namesInterpreter, readingProgram } from './program-names.js';
import { looksOfProgram } from './prompt-class.js';
import type { Screen } from './screen.js';
import type { TypedKeys, TypedLine } from './typed-keys.js';
import type { UnseenLines } from './unseen-lines.js';
import { asksForPassword, mayAskForSecret, mayHideInput, type UnseenPiece } from './unseen-rules.js';

/** A shell takes the lines that were typed ahead within this time after the last output. */
const TAKEN_MS = 500;

/** The terminal on which the lines stand. */
interface ProgramTerminal {
  readonly screen: Screen;
  readonly keys: TypedKeys;
  readonly foreground: Pick<ForegroundCommand, 'line' | 'isFollowed'>;
  readonly unseen: Pick<UnseenLines, 'found'>;
  readonly lastOutputAt: number;
  /** The prompt at which the current line was begun. */
  start: PromptSeen | undefined;
}

/** A line at the prompt of a program. */
interface ProgramLine extends Entry {
  readonly line: TypedLine;
}

/**
 * Reports the lines that a program read at a terminal, not a shell. Their text stood on the screen, behind the prompt at which they were typed, or alone in
 * their row. An answer to a question for a password is only counted.
 */
export class ProgramLines {
  constructor(
    private readonly state: ProgramTerminal,
    private readonly clock: Clock,
    private readonly report: (command: ObservedCommand) => void,
  ) {}

  /** Takes the line that a line editor ended in row `bottom`, if another program than a shell read it. Returns false if there is none. */
  marked(edit: LineEdit, bottom: number): boolean {
    const found = this.markedLine(edit, bottom);
    if (found) this.take(found);
    return found !== undefined;
  }

  /** Takes the line left in `row`, if a program showed it at its prompt. Returns false if there is none. */
  unmarked(row: number): boolean {
    const found = this.state.screen.isAlternate ? undefined : this.unmarkedLine(row);
    if (!found) return false;
    if (this.isSure(found.prompt)) this.take(found);
    else this.leaveOpen(found);
    return true;
  }

  /** Reports a shown line that no shell took. */
  judged(piece: UnseenPiece): void {
    const { left, foreground = '', line, text = '' } = piece;
    // A hidden answer and a row of output may be the same by chance.
    const isSecret = line?.screenText === undefined && (mayAskForSecret(left) || mayHideInput(foreground));
    this.row(piece, line?.screenText ?? text, isSecret ? 'missed' : 'inferred');
  }

  /** Returns true if a shell may still take a line that was shown before its turn: a command runs, or has just ended. */
  mayBeTaken(line: TypedLine): boolean {
    const { keys, foreground, lastOutputAt } = this.state;
    if (!keys.entered.includes(line) || namesInterpreter(foreground.line ?? '')) return false;
    return foreground.isFollowed || this.clock.now() - lastOutputAt < TAKEN_MS;
  }

  private markedLine(edit: LineEdit, bottom: number): ProgramLine | undefined {
    const { screen, start, keys } = this.state;
    for (const seen of [edit.exact, start].filter((prompt) => prompt !== undefined)) {
      const place = placeOf(seen);
      const found = this.withKeys(seen.text, seen.text.trim() === '' ? readFrom(screen, bottom, place) : readBehind(screen, bottom, place));
      if (found) return found;
    }
    for (const line of keys.entered) {
      const entry = line.text === undefined ? undefined : readTyped(screen, bottom, line.text, edit.col);
      if (entry) return { ...entry, line };
    }
    return undefined;
  }

  private unmarkedLine(row: number): ProgramLine | undefined {
    const { screen, start, keys, foreground } = this.state;
    const atStart = start && start.text.trim() !== '' ? this.withKeys(start.text, readBehind(screen, row, placeOf(start))) : undefined;
    if (atStart || !namesInterpreter(foreground.line ?? '')) return atStart;
    const shown = screen.text(row).trimEnd();
    for (const line of keys.entered) {
      const entry = line.shown !== '' && shown.endsWith(line.shown) ? readTyped(screen, row, line.shown) : undefined;
      if (entry && looksOfProgram(entry.prompt)) return { ...entry, line };
    }
    return undefined;
  }

  /** Returns the line with the keys that spell its text, or that edited it. A text that no keys explain is output. */
  private withKeys(prompt: string, text: string | undefined): ProgramLine | undefined {
    if (text === undefined || text.trim() === '') return undefined;
    const { entered } = this.state.keys;
    const line = entered.find(({ shown }) => shown === text.trimEnd()) ?? entered.find((one) => one.text === undefined);
    return line && { prompt, text, line };
  }

  private isSure(prompt: string): boolean {
    return prompt.trim() !== '' && (looksOfProgram(prompt) || namesInterpreter(this.state.foreground.line ?? ''));
  }

  private take({ prompt, text, line }: ProgramLine): void {
    const { state } = this;
    const piece = { left: prompt, bytes: Buffer.byteLength(text), at: line.at, foreground: state.foreground.line };
    this.row(piece, text, this.isSure(prompt) ? 'seen' : 'inferred');
    state.start = undefined;
    state.keys.forgetThrough(line);
    state.unseen.found(text, line);
  }

  /** Leaves it open if a shell takes the line later. */
  private leaveOpen({ text, line }: ProgramLine): void {
    line.isEchoed = true;
    line.screenText = text;
  }

  private row(
    { left, bytes, at, foreground }: Pick<UnseenPiece, 'left' | 'bytes' | 'at' | 'foreground'>,
    text: string,
    sure: 'seen' | 'inferred' | 'missed',
  ): void {
    const program = readingProgram(foreground ?? '');
    const isSecret = asksForPassword(left) || sure === 'missed';
    this.report({
      id: uuidv7(),
      input: isSecret ? `(${bytes} bytes typed at a prompt that may ask for a password)` : cutToBytes(text, INPUT_LIMIT_BYTES),
      output: '',
      startedAtMs: at,
      endedAtMs: at,
      risk_level: 'accept',
      kind: 'program',
      certainty: isSecret ? 'missed' : sure,
      ...(program !== undefined && { program }),
    });
  }
}
