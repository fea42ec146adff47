import { AbortedLine } from './aborted-line.js';
import type { FoundEntry } from './entry-finder.js';
import { LineEdit } from './line-edit.js';
import { endsInSign } from './prompt-class.js';
import type { RowMark } from './row-mark.js';
import type { TerminalState } from './terminal-state.js';

/** A line editor reports its end within this time after its line feed. */
const EDITOR_END_MS = 500;

/** Finds the lines that a line editor ends, where it marks its reading (`CSI ? 2004 h|l`, OSC 133). */
export class EditorLines {
  /** Ctrl-C keys that are not seen on the screen yet. */
  private interrupts = 0;
  /** The line that Ctrl-C ended last, until a key comes: bash begins and ends its editor once more in that row. */
  private lastAborted: { readonly text: string; readonly row: RowMark | undefined } | undefined;
  private sentRow: { readonly line: number } | undefined;

  constructor(private readonly state: TerminalState) {}

  /** Takes keys. */
  input(data: Uint8Array): void {
    this.lastAborted = undefined;
    for (const byte of data) if (byte === 0x03) this.interrupts += 1;
    this.state.edit?.aborted.feed(data);
  }

  /** Forgets the row of the line that was sent last. */
  forget(): void {
    this.sentRow = undefined;
  }

  /** Returns true once for the row of a line that the editor has ended already. */
  isSentRow(row: number): boolean {
    if (this.sentRow?.line !== row) return false;
    this.sentRow = undefined;
    return true;
  }

  /** Begins a line: the command before it has ended. */
  begin(): void {
    const { state } = this;
    const { screen, foreground, keys } = state;
    const left = screen.textLeft();
    if (foreground.isFollowed && !foreground.isOpen) {
      foreground.finish(state.book.isKnown(left) || endsInSign(left) ? screen.beforePromptMark() : left.trimEnd());
    }
    state.edit = new LineEdit(screen, state.edit?.exact);
    state.edit.aborted = new AbortedLine(keys.entered.length === 0 && keys.isLineEmpty);
    state.start = undefined;
    this.sentRow = undefined;
  }

  /** Handles a line feed inside the editor: between rows of its buffer, or its last one before it reports its end. */
  lineLeft(edit: LineEdit, row: number): void {
    if (edit.sentRow !== undefined) return this.check();
    const { keys, screen, timers } = this.state;
    const isSent = keys.entered.length > 0 && screen.isBlank(row + 1);
    edit.lineFeed(screen, isSent);
    if (isSent) timers.after('editor', EDITOR_END_MS, () => this.check());
  }

  /** Checks that the program that turned the mark on is a line editor. `printf '\e[?2004h'` must not hide the commands after it. */
  check(): void {
    const { edit, keys, finder, screen, isEchoOff } = this.state;
    const row = edit?.sentRow;
    if (isEchoOff || row === undefined || row < 0 || keys.entered.length === 0) return;
    const found = finder.unmarked(screen, row, this.state.sight());
    if (!found || found === 'echo') return;
    this.state.edit = undefined;
    this.state.accept(found, false);
  }

  /** Ends the line: the editor left it, so it was sent, whatever is known of the keys that sent it. */
  end(): void {
    const { state } = this;
    const { edit, screen } = state;
    state.edit = undefined;
    state.timers.cancel('editor');
    if (!edit) return;
    const bottom = edit.isJustLeft(screen) ? screen.row - 1 : screen.row;
    this.sentRow = bottom === screen.row ? screen.markRow() : undefined;
    const found = state.finder.marked(screen, bottom, { ...state.sight(), edit });
    if (!found || this.isOutput(found)) return this.endProgramLine(edit, bottom);
    state.start = undefined;
    if (this.isAbortedAgain(found, bottom)) return;
    if (!this.isAborted(found, edit.aborted)) state.accept(found, true);
    else this.lastAborted = { text: found.text, row: screen.markRow(bottom - screen.row) };
  }

  /** Returns true for a text that no keys explain on a terminal without echo: a prompt behind output that looks like one. */
  private isOutput({ text, line }: FoundEntry): boolean {
    if (!this.state.isEchoOff || text.trim() === '') return false;
    return line === undefined || (line.text !== undefined && line.text.trimEnd() !== text);
  }

  private endProgramLine(edit: LineEdit, bottom: number): void {
    const { state } = this;
    if (!state.programs.marked(edit, bottom)) state.keys.entered.shift();
    state.start = undefined;
  }

  /** Returns true for a line that was not sent: an empty one without Enter, or one that Ctrl-C ended. */
  isAborted({ text, line }: FoundEntry, keys: AbortedLine): boolean {
    if (line && (line.shown === text || text.trim() === '')) return false;
    if (text === '^C' && this.interrupts > 0) {
      this.interrupts -= 1;
      return true;
    }
    return (!line && text.trim() === '') || keys.covers(text);
  }

  private isAbortedAgain({ text }: FoundEntry, bottom: number): boolean {
    return this.lastAborted?.text === text && this.lastAborted.row?.line === bottom;
  }
}
