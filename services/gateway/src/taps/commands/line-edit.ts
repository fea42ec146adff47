import { AbortedLine } from './aborted-line.js';
import type { PromptPlace } from './entry-reader.js';
import type { RowMark } from './row-mark.js';
import type { Screen } from './screen.js';

/** The text of a prompt and its position. */
export interface PromptSeen {
  readonly text: string;
  readonly col: number;
  readonly marker: RowMark | undefined;
  readonly right?: string | undefined;
}

/** Returns the place at which to look for a prompt. */
export const placeOf = (seen: PromptSeen): PromptPlace => ({ text: seen.text, col: seen.col, row: seen.marker?.line, right: seen.right });

/** A line editor that reads a line, from its mark on (`CSI ? 2004 h`). bash sends the mark before the prompt, zsh after it: both positions are remembered. */
export class LineEdit {
  readonly col: number;
  readonly right: string;
  readonly promptBefore: PromptSeen;
  private readonly marker: RowMark | undefined;
  private readonly markCol: number;
  private exactPrompt: PromptSeen | undefined;
  private leftTo: number | undefined;
  private sent: RowMark | undefined;
  /** Keys that were typed at this prompt. */
  aborted = new AbortedLine(false);

  constructor(screen: Screen, exact?: PromptSeen) {
    this.marker = screen.markRow();
    this.markCol = screen.col;
    this.right = screen.text(screen.row, screen.col).trim();
    this.promptBefore = { text: screen.textLeft(), col: 0, marker: this.marker, right: this.right };
    // Text that an editor shows right of the cursor before any key belongs to the prompt, so the prompt itself is left of it.
    this.col = this.right === '' ? screen.col : 0;
    if (exact?.marker?.line === screen.row) this.exactPrompt = exact;
  }

  /** Returns the prompt as the shell delimited it (OSC 133 B). */
  get exact(): PromptSeen | undefined {
    return this.exactPrompt;
  }

  /** Returns the row that appears to be sent, by a line feed into an empty row after Enter. */
  get sentRow(): number | undefined {
    return this.sent?.line;
  }

  promptEnds(screen: Screen): void {
    this.exactPrompt = {
      text: screen.textLeft(this.marker?.line === screen.row ? this.col : 0),
      col: this.col,
      marker: screen.markRow(),
      right: this.right,
    };
  }

  /** Handles a line feed that moved the cursor; `isSent` if a line that is sent ends this way. */
  lineFeed(screen: Screen, isSent: boolean): void {
    this.leftTo = screen.row;
    if (isSent) this.sent ??= screen.markRow(-1);
  }

  /** Returns true if the cursor still stands where the last line feed put it. */
  isJustLeft(screen: Screen): boolean {
    return screen.col === 0 && this.leftTo === screen.row;
  }

  /** Returns true if nothing was shown since the mark, so that the prompt stood there before it. */
  isAtStart(screen: Screen): boolean {
    return this.promptBefore.text.trim() !== '' && this.marker?.line === screen.row && screen.col === this.markCol;
  }

  /** Returns the same editor on a new screen that shows the same line. */
  moveTo(screen: Screen): LineEdit {
    return new LineEdit(screen, this.exactPrompt);
  }
}
