import { INPUT_LIMIT_BYTES } from './observed-command.js';

/** A line that was sent with Enter. Its text serves to find the line on the screen; if it is not found, UnseenLines judges it. */
export interface TypedLine {
  /** The typed text, if only plain keys were used; undefined if keys edited it (cursor keys, TAB, history …). */
  readonly text: string | undefined;
  /** The text without blanks at its end, as it is compared with the screen; empty if `text` is undefined. */
  readonly shown: string;
  readonly at: number;
  /** Bytes of the line, without escape sequences. */
  readonly bytes: number;
  /** True if the line was on the screen while no shell read: input of a program, or typed ahead. */
  isEchoed: boolean;
}

/** Most lines on their way; a script may be sent at once. */
const LINES_KEPT = 1024;
/** A line that was not shown for this long was read by a program without an echo. Assets are nearer than that. */
const ON_ITS_WAY_MS = 5_000;
const ESC = 0x1b;
const BEL = 0x07;
/** Final bytes of a terminal's own answers: device attributes, cursor position, status, mode, focus. */
const REPLY_FINALS = new Set(['c', 'R', 'n', 'y', 'I', 'O', 't', 'x']);

/** Follows the keys of one terminal: lines sent, with their text if typed plainly, and the current line. */
export class TypedKeys {
  /** Lines that were sent and are not found yet, oldest first. */
  readonly entered: TypedLine[] = [];
  private line: number[] = [];
  private isPlain = true;
  private escape: string | undefined;
  private isPasting = false;

  /** @param sent is called for each line that is sent. */
  constructor(private readonly sent: (line: TypedLine) => void = () => undefined) {}

  /** Returns true if the current line is empty. */
  get isLineEmpty(): boolean {
    return this.line.length === 0 && this.isPlain && !this.isPasting;
  }

  feed(data: Uint8Array, at: number): void {
    for (const byte of data) {
      if (this.escape !== undefined) this.continueEscape(byte);
      else this.key(byte, at);
    }
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
    if (byte === ESC) this.escape = '';
    else if (byte === 0x0d || byte === 0x0a) this.enter(byte, at);
    else if (byte === 0x03 || byte === 0x1c || byte === 0x1a) this.interrupt();
    else if (byte === 0x7f || byte === 0x08) this.rubOut();
    else if (byte === 0x15) this.startLine();
    else if (byte < 0x20) this.isPlain = false;
    else this.add(byte);
  }

  private enter(byte: number, at: number): void {
    if (this.isPasting) return this.add(0x0a);
    const text = this.isPlain ? Buffer.from(this.line).toString('utf8') : undefined;
    const plain = text?.includes('\n') ? undefined : text;
    const line = { text: plain, shown: plain?.trimEnd() ?? '', at, bytes: this.line.length, isEchoed: false };
    this.entered.push(line);
    this.sent(line);
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
    const sequence = (this.escape ?? '') + String.fromCharCode(byte);
    this.escape = sequence.length < 4096 ? sequence : undefined;
    const kind = sequence[0];
    if (kind === '[') {
      if (sequence.length > 1 && byte >= 0x40 && byte <= 0x7e) this.endControl(sequence);
    } else if (kind === ']' || kind === 'P') {
      // An answer to a query (colors, version): up to BEL or ST; not keys.
      if (byte === BEL || sequence.endsWith('\x1b\\')) this.escape = undefined;
    } else if (kind !== 'O' || sequence.length === 2) {
      this.endKey();
    }
  }

  private endControl(sequence: string): void {
    this.escape = undefined;
    if (sequence === '[200~') this.isPasting = true;
    else if (sequence === '[201~') this.isPasting = false;
    else if (!REPLY_FINALS.has(sequence.at(-1) ?? '')) this.isPlain = false;
  }

  private endKey(): void {
    this.escape = undefined;
    this.isPlain = false;
  }
}
