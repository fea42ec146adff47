import type { IBufferLine, Terminal } from '@xterm/headless';
import { INPUT_LIMIT_BYTES, OUTPUT_LIMIT_BYTES } from './observed-command.js';
import { ReleasableEmulator } from './releasable-emulator.js';
import type { RowMark } from './row-mark.js';

/** Events of a screen, called in order while it parses output. */
export interface ScreenEvents {
  /** Handles a line feed that moved the cursor down from the row above. */
  lineLeft(): void;
  /** Handles `CSI ? 2004 h|l`: a line editor begins or ends reading a line. */
  lineEditor(isOn: boolean): void;
  /** Handles `OSC 133`: A prompt begins, B prompt ends, C command runs, D command ended. */
  shellMark(mark: string): void;
  /** Handles a switch to or from the alternate screen (vi, less, tmux). */
  screenSwitched(): void;
  /** Handles an exception of the methods above. It must not reach the emulator, which would stop parsing for good. */
  failed(error: unknown): void;
}

const BRACKETED_PASTE = 2004;

/** The screen of a terminal. Rows count from the top of the kept rows and move up as old ones are dropped, so keep a mark, not a number. */
export class Screen {
  private readonly emulator: ReleasableEmulator;

  constructor(cols: number, rows: number, events: ScreenEvents) {
    const notify = (call: () => void): void => {
      try {
        call();
      } catch (error) {
        events.failed(error);
      }
    };
    this.emulator = new ReleasableEmulator(cols, rows, scrollbackFor(cols), {
      lineFeed: () => notify(() => events.lineLeft()),
      bufferChange: () => notify(() => events.screenSwitched()),
      mode: (params, isOn) => {
        if (params.includes(BRACKETED_PASTE)) notify(() => events.lineEditor(isOn));
      },
      shellMark: (data) => notify(() => events.shellMark(data.slice(0, 1))),
    });
  }

  /** Resolves when the bytes are on the screen. */
  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }

  resize(cols: number, rows: number): void {
    this.terminal.options.scrollback = scrollbackFor(cols);
    this.terminal.resize(cols, rows);
  }

  /** Keeps a text in place of the emulator until the next use, if the text says all. No bytes may be on their way to the screen. */
  release(): void {
    this.emulator.release();
  }

  /** Returns true if the screen has no emulator at present. */
  get isReleased(): boolean {
    return this.emulator.isReleased;
  }

  dispose(): void {
    this.emulator.dispose();
  }

  get cols(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  get isAlternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  get row(): number {
    const buffer = this.terminal.buffer.active;
    return this.emulator.firstRow + buffer.baseY + buffer.cursorY;
  }

  get col(): number {
    return this.terminal.buffer.active.cursorX;
  }

  /** Returns a mark of the cursor's row, or of one `offset` rows below it; undefined on the alternate screen. */
  markRow(offset = 0): RowMark | undefined {
    return this.isAlternate ? undefined : this.emulator.mark(offset);
  }

  /** Returns the text of a row from column `from` up to column `to`, with blanks for cells never written. */
  text(row: number, from = 0, to?: number): string {
    return this.line(row)?.translateToString(false, from, to) ?? '';
  }

  /** Returns the text of the cursor's row left of the cursor. */
  textLeft(from = 0): string {
    return this.text(this.row, from, this.col);
  }

  /** Returns a whole line of output, its wrapped rows joined. */
  wholeLine(bottom: number): string {
    let text = this.text(bottom).trimEnd();
    for (let row = bottom; row > 0 && this.line(row)?.isWrapped && text.length < OUTPUT_LIMIT_BYTES; row -= 1)
      text = this.fullText(row - 1) + text;
    return text;
  }

  /** Returns output without a line end before zsh's prompt. zsh ends it with a "%" or "#" and enough blanks to wrap to a new row (PROMPT_SP). */
  beforePromptMark(): string {
    const { row } = this;
    const text = row > 0 && this.continues(row - 1) ? this.wholeLine(row - 1) : '';
    return /[%#]$/.test(text) ? text.slice(0, -1) : '';
  }

  /** Returns true if the row is blank. */
  isBlank(row: number): boolean {
    return this.text(row).trim() === '';
  }

  /** Returns true if the text continues in the next row: it was wrapped, or its last cell was written. */
  continues(row: number): boolean {
    const line = this.line(row);
    const next = this.line(row + 1);
    if (!line || !next) return false;
    return next.isWrapped || isWritten(line, line.length - 1) || this.leftOneCell(line, next);
  }

  /** Returns the row's text without the cell that a wide character left over at its end. */
  fullText(row: number, from = 0): string {
    const line = this.line(row);
    const next = this.line(row + 1);
    return line && next && this.leftOneCell(line, next) ? this.text(row, from, line.length - 1) : this.text(row, from);
  }

  /** Returns true if a wide character that did not fit began the next row. The cell left over is empty, or a blank that a line editor (readline) wrote. */
  private leftOneCell(line: IBufferLine, next: IBufferLine): boolean {
    const end = line.length - 1;
    if (next.getCell(0)?.getWidth() !== 2) return false;
    if (!isWritten(line, end)) return isWritten(line, end - 1);
    return line.getCell(end)?.getChars() === ' ' && line.getCell(end - 1)?.getWidth() === 0;
  }

  private line(row: number): IBufferLine | undefined {
    const at = row - this.emulator.firstRow;
    return at < 0 ? undefined : this.terminal.buffer.active.getLine(at);
  }

  private get terminal(): Terminal {
    return this.emulator.terminal;
  }
}

/** Narrower terminals keep no more rows than this width needs. */
const NARROWEST_COLS = 20;

/** Returns enough rows for the longest command line. */
const scrollbackFor = (cols: number): number => Math.ceil(INPUT_LIMIT_BYTES / Math.max(cols, NARROWEST_COLS)) + 200;

function isWritten(line: IBufferLine, col: number): boolean {
  const cell = line.getCell(col);
  return cell !== undefined && (cell.getCode() !== 0 || cell.getWidth() === 0);
}
