import type { IMarker } from '@xterm/headless';
import type { PromptPlace } from './entry-reader.js';
import type { Screen } from './screen.js';

/** A prompt's text and where it was seen. */
export interface PromptSeen {
  readonly text: string;
  readonly col: number;
  readonly marker: IMarker | undefined;
  readonly right?: string | undefined;
}

/** Where to look for a prompt that was seen. */
export const placeOf = (seen: PromptSeen): PromptPlace => ({ text: seen.text, col: seen.col, row: seen.marker?.line, right: seen.right });

/** A line editor at work, from its mark (`CSI ? 2004 h`). bash sends it before the prompt, zsh after: both are remembered. */
export class LineEdit {
  readonly col: number;
  readonly right: string;
  readonly promptBefore: PromptSeen;
  private readonly marker: IMarker | undefined;
  private readonly markCol: number;
  private exactPrompt: PromptSeen | undefined;
  private leftTo: number | undefined;
  private sent: IMarker | undefined;

  constructor(screen: Screen, exact?: PromptSeen) {
    this.marker = screen.markRow();
    this.markCol = screen.col;
    this.right = screen.text(screen.row, screen.col).trim();
    this.promptBefore = { text: screen.textLeft(), col: 0, marker: this.marker, right: this.right };
    // What an editor shows right of the cursor before anything is typed belongs to the prompt, so the prompt itself is left of it.
    this.col = this.right === '' ? screen.col : 0;
    if (exact?.marker?.line === screen.row) this.exactPrompt = exact;
  }

  /** The prompt as the shell itself delimited it (OSC 133 B). */
  get exact(): PromptSeen | undefined {
    return this.exactPrompt;
  }

  /** The row that looked sent, by a line feed into an empty row after Enter. */
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

  /** A line feed moved the cursor; `isSent` when that is how a sent line is left. */
  lineFeed(screen: Screen, isSent: boolean): void {
    this.leftTo = screen.row;
    if (isSent) this.sent ??= screen.markRow(-1);
  }

  /** The cursor still stands where the last line feed put it. */
  isJustLeft(screen: Screen): boolean {
    return screen.col === 0 && this.leftTo === screen.row;
  }

  /** Nothing was shown since the mark, so the prompt stood there before it. */
  isAtStart(screen: Screen): boolean {
    return this.promptBefore.text.trim() !== '' && this.marker?.line === screen.row && screen.col === this.markCol;
  }

  /** The same editor on a new screen that shows the same line. */
  moveTo(screen: Screen): LineEdit {
    return new LineEdit(screen, this.exactPrompt);
  }
}
