import { EditorLines } from './editor-lines.js';
import { LineEdit } from './line-edit.js';
import { LineStarts } from './line-starts.js';
import { asksForMore } from './prompt-class.js';
import type { Screen, ScreenEvents } from './screen.js';
import { SilentLines } from './silent-lines.js';
import { SilentTypeAhead } from './silent-type-ahead.js';
import { TerminalState, type TrackerOptions } from './terminal-state.js';

/** Lines that were taken silently are looked for after this much silence. */
const SETTLED_MS = 150;

/**
 * Finds the commands of one terminal. A line is at a prompt (`edit` if the shell marks it, `start` from the first key on), then sent, when the cursor leaves it.
 * The command runs until the next prompt, when it is reported; see {@link ForegroundCommand}. Reported text stands on the screen, and keys help to find it; lines that are not found are judged by {@link UnseenLines}.
 */
export class CommandTracker implements ScreenEvents {
  private readonly state: TerminalState;
  private readonly starts: LineStarts;
  private readonly editor: EditorLines;
  private readonly silently: SilentLines;

  constructor(private readonly options: TrackerOptions) {
    this.state = new TerminalState(options, {
      typed: (piece, line) => this.state.unseen.typed({ ...this.starts.lineStart, ...piece, line, foreground: this.state.foreground.line }),
      failed: (error) => this.failed(error),
    });
    this.starts = new LineStarts(this.state);
    this.editor = new EditorLines(this.state);
    this.silently = new SilentLines(this.state);
  }

  /** Returns true if the screen may be dropped: the current line is empty and no full-screen program runs. */
  get isIdle(): boolean {
    const { foreground, keys, current } = this.state;
    return !foreground.isRunning && keys.isLineEmpty && current?.isAlternate !== true;
  }

  /** Follows `screen` from now on; `undefined` if it was dropped. */
  follow(screen: Screen | undefined): void {
    const { state } = this;
    state.current = screen;
    state.start = undefined;
    this.editor.forget();
    if (screen) state.edit = state.edit?.moveTo(screen);
  }

  /** Forgets the screen, because bytes were lost. Learned prompts stay. */
  forget(): void {
    const { state } = this;
    state.foreground.finish('', false);
    state.keys.forgetEntered();
    state.edit = undefined;
    state.start = undefined;
    this.editor.forget();
    state.silent = new SilentTypeAhead();
  }

  /** Takes keys, in order with the output that is on the screen. */
  input(data: Uint8Array, at: number): void {
    const { foreground, keys } = this.state;
    foreground.at = at;
    if (keys.isLineEmpty) {
      keys.cut(at);
      this.starts.note();
      this.starts.begin(at);
    } else this.starts.move();
    this.editor.input(data);
    this.starts.atStart.feed(data);
    if (data.includes(0x03) && foreground.isOpen && asksForMore(this.state.left())) foreground.drop();
    keys.feed(data, at);
  }

  beforeOutput(at: number): void {
    this.state.foreground.at = at;
    this.state.lastOutputAt = at;
  }

  /** Takes output before it is on the screen. */
  output(data: Uint8Array): void {
    const { unseen, keys } = this.state;
    if (unseen.isWaiting || !keys.isLineEmpty) unseen.output(data);
  }

  afterOutput(): void {
    const { foreground, edit, keys, timers } = this.state;
    if (foreground.isFollowed && !foreground.isOpen && !edit) this.finishAtPrompt(this.state.left());
    if (keys.entered.some((line) => line.isEchoed)) timers.after('silent', SETTLED_MS, () => this.silently.settle());
  }

  /** Reports the remaining commands: the terminal is gone. */
  close(): void {
    const { foreground, keys, unseen, timers } = this.state;
    this.silently.settle();
    this.editor.check();
    foreground.finish();
    keys.cut(foreground.at);
    const { bytesInNoPiece: bytes } = keys;
    if (bytes > 0) this.options.unseen?.({ bytes, lines: 0 });
    unseen.close();
    timers.cancelAll();
  }

  lineEditor(isOn: boolean): void {
    this.state.keys.mayPaste = isOn;
    if (isOn) this.editor.begin();
    else if (this.state.edit) this.editor.end();
  }

  shellMark(mark: string): void {
    const { state } = this;
    if (mark === 'A' && !state.edit) this.editor.begin();
    else if (mark === 'B') (state.edit ??= new LineEdit(state.screen)).promptEnds(state.screen);
    else if (mark === 'C' && state.edit) this.editor.end();
  }

  screenSwitched(): void {
    const { state } = this;
    state.edit = undefined;
    state.start = undefined;
    state.keys.cut(state.foreground.at);
    this.starts.note();
    state.keys.forgetEntered();
  }

  lineLeft(): void {
    const { screen, edit, keys, foreground, isEchoOff } = this.state;
    const row = screen.row - 1;
    if (edit) return this.editor.lineLeft(edit, row);
    if (this.editor.isSentRow(row)) return;
    if (!isEchoOff && (keys.entered.length > 0 ? this.sentUnmarked(row) : this.leftUnsent(row))) return;
    if (screen.isAlternate || this.silently.takes(row)) return;
    foreground.printed(() => screen.wholeLine(row));
  }

  failed(error: unknown): void {
    this.state.foreground.drop();
    this.forget();
    this.options.failed(error);
  }

  private finishAtPrompt(left: string): void {
    const { state } = this;
    const before = state.book.outputBefore(left) ?? '';
    if (state.isPrompt(left.slice(before.length))) state.foreground.finish(before || state.screen.beforePromptMark());
  }

  /** Handles a line that the cursor left behind the prompt at which it was typed, without Enter (Ctrl-O). */
  private leftUnsent(row: number): boolean {
    const { state } = this;
    const { screen } = state;
    if (!state.start || screen.isAlternate || !screen.isBlank(row + 1)) return false;
    const found = state.finder.unsent(screen, row, state.sight());
    if (!found || this.editor.isAborted(found, this.starts.atStart)) return false;
    state.accept(found, false);
    return true;
  }

  private sentUnmarked(row: number): boolean {
    const { state } = this;
    if (!state.screen.isBlank(row + 1)) return false;
    const found = state.finder.unmarked(state.screen, row, state.sight());
    // The terminal driver shows the keys; they are not output of the command.
    if (found && found !== 'echo') state.accept(found, false);
    return found !== undefined || state.programs.unmarked(row);
  }
}
