import { INPUT_LIMIT_BYTES } from './observed-command.js';
import { isTerminalAnswer } from './terminal-answers.js';
import { PieceKeys, type TypedPiece } from './typed-piece.js';

/** A line that was sent with Enter. Its text serves to find the line on the screen; if it is not found, UnseenLines judges it. */
export interface TypedLine {
  /** The typed text, if only plain keys were used; undefined if keys edited it (cursor keys, TAB, history …). */
  readonly text: string | undefined;
  /** The text without blanks at its end, as it is compared with the screen; empty if `text` is undefined. */
  readonly shown: string;
  readonly at: number;
  /** True if the line was on the screen while no shell read: input of a program, or typed ahead. */
  isEchoed: boolean;
  /** The line as it was shown at a prompt that is not known, if keys edited it. */
  screenText?: string;
}

/** Most lines on their way; a script may be sent at once. */
const LINES_KEPT = 1024;
/** A line that was not shown for this long was read by a program without an echo. Assets are nearer than that. */
const ON_ITS_WAY_MS = 5_000;
const ESC = 0x1b;
const BEL = 0x07;
/** A paste comes at once. After this pause its end is not awaited any more: it may never come. */
const PASTE_PAUSE_MS = 2_000;
const MOST_LONE_KEYS = 32;
/** Keys by which a line may end, or be dropped, without Enter: Ctrl-C, Ctrl-D, Ctrl-U, Ctrl-Z, Ctrl-\\. */
const CUTS = new Set([0x03, 0x04, 0x15, 0x1a, 0x1c]);
const isEnter = (byte: number): boolean => byte === 0x0d || byte === 0x0a;

/** Follows the keys of one terminal: lines sent, with their text if typed plainly, and the current line. */
export class TypedKeys {
  /** Lines that were sent and are not found yet, oldest first. */
  readonly entered: TypedLine[] = [];
  private line: number[] = [];
  private isPlain = true;
  private escape: string | undefined;
  private isPasting = false;
  private pastedAt = 0;
  /** Bytes of all answers of the terminal. */
  private answerBytes = 0;
  /** Ctrl-C, Ctrl-D and the like on an empty line. */
  private loneKeys = 0;
  private readonly piece = new PieceKeys();
  /** True while the asset wants pastes to be marked. Marks that it does not want are keys. */
  mayPaste = false;

  /** @param typed is called for each piece; with its line if it was sent with Enter. */
  constructor(private readonly typed: (piece: TypedPiece, line?: TypedLine) => void = () => undefined) {}

  /** Returns the number of bytes that are in no piece: answers, and keys on an empty line if they are too many to end programs. */
  get bytesInNoPiece(): number {
    return this.answerBytes + (this.loneKeys > MOST_LONE_KEYS ? this.loneKeys : 0);
  }

  /** Returns true if the current line is empty. */
  get isLineEmpty(): boolean {
    return this.line.length === 0 && this.isPlain && !this.isPasting;
  }

  feed(data: Uint8Array, at: number): void {
    if (this.isPasting && at - this.pastedAt > PASTE_PAUSE_MS) this.isPasting = false;
    this.pastedAt = at;
    for (const byte of data) {
      if (this.escape === undefined || isEnter(byte) || CUTS.has(byte)) this.key(byte, at);
      else this.continueEscape(byte);
    }
  }

  /** Ends the piece of the current line: what comes next is read by another program, or nothing comes. */
  cut(at: number): void {
    if (!this.piece.isEmpty) this.typed(this.piece.end(at, true));
  }

  /** Forgets lines that a program has read: those that were shown while no shell read, and those that have been on their way for too long. */
  forgetRead(at: number): void {
    const left = this.entered.filter((line) => !line.isEchoed && at - line.at < ON_ITS_WAY_MS);
    this.entered.splice(0, this.entered.length, ...left);
  }

  /** Forgets `line` and everything sent before it. */
  forgetThrough(line: TypedLine): void {
    this.entered.splice(0, this.entered.indexOf(line) + 1);
  }

  forgetEntered(): void {
    this.entered.length = 0;
  }

  private key(byte: number, at: number): void {
    // No answer of a terminal has such a key inside, so an open sequence was typed.
    if (this.escape !== undefined) this.endKey();
    if (isEnter(byte) && !this.isPasting) return this.enter(at);
    if (CUTS.has(byte) && this.piece.isEmpty) this.loneKeys += 1;
    else this.piece.add(byte);
    if (CUTS.has(byte)) this.cut(at);
    if (byte === ESC) this.escape = '';
    else if (isEnter(byte)) this.add(0x0a);
    else if (byte === 0x03 || byte === 0x1c || byte === 0x1a) this.interrupt();
    else if (byte === 0x7f || byte === 0x08) this.rubOut();
    else if (byte === 0x15) this.startLine();
    else if (byte < 0x20) this.isPlain = false;
    else this.add(byte);
  }

  private enter(at: number): void {
    const text = this.isPlain ? Buffer.from(this.line).toString('utf8') : undefined;
    const plain = text?.includes('\n') ? undefined : text;
    const line = { text: plain, shown: plain?.trimEnd() ?? '', at, isEchoed: false };
    this.entered.push(line);
    this.typed(this.piece.end(at, false), line);
    if (this.entered.length > LINES_KEPT) this.entered.shift();
    this.startLine();
  }

  /** Handles Ctrl-C, Ctrl-\ and Ctrl-Z: the terminal driver discards typed-ahead input (termios(3), NOFLSH). */
  private interrupt(): void {
    this.entered.length = 0;
    this.startLine();
  }

  private startLine(): void {
    this.line = [];
    this.isPlain = true;
  }

  private rubOut(): void {
    while (this.line.length > 0 && ((this.line.pop() ?? 0) & 0xc0) === 0x80);
  }

  private add(byte: number): void {
    if (this.line.length < INPUT_LIMIT_BYTES) this.line.push(byte);
    else this.isPlain = false;
  }

  private continueEscape(byte: number): void {
    this.piece.add(byte);
    const sequence = (this.escape ?? '') + String.fromCharCode(byte);
    this.escape = sequence;
    const kind = sequence[0];
    if (sequence.length > 4096) this.endKey();
    else if (kind === '[') {
      if (sequence.length > 1 && byte >= 0x40 && byte <= 0x7e) this.endSequence(sequence);
    } else if (kind === ']' || kind === 'P') {
      // An answer to a query (colors, version): up to BEL or ST; not keys.
      if (byte === BEL || sequence.endsWith('\x1b\\')) this.endSequence(sequence);
    } else if (kind !== 'O' || sequence.length === 2) {
      this.endKey();
    }
  }

  private endSequence(sequence: string): void {
    this.escape = undefined;
    if (sequence === '[201~') this.isPasting = false;
    else if (sequence === '[200~' && this.mayPaste) this.isPasting = true;
    else if (!isTerminalAnswer(sequence)) return this.endKey();
    else this.answerBytes += sequence.length + 1;
    this.piece.takeBack(sequence.length + 1);
  }

  private endKey(): void {
    this.escape = undefined;
    this.isPlain = false;
  }
}
