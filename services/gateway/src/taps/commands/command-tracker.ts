import type { Clock } from '@sallyport/context';
import type { ObservedCommand } from './observed-command.js';
import { AbortedLine } from './aborted-line.js';
import { EntryFinder, type FoundEntry } from './entry-finder.js';
import { ForegroundCommand } from './foreground-command.js';
import { LineEdit, type PromptSeen } from './line-edit.js';
import { NamedTimers } from './named-timers.js';
import { asksForMore, endsInSign, guessPrompt, PromptBook } from './prompt-class.js';
import type { RowMark } from './row-mark.js';
import { RunningCommand } from './running-command.js';
import type { Screen, ScreenEvents } from './screen.js';
import { splitCommands } from './shell-syntax.js';
import { SilentTypeAhead } from './silent-type-ahead.js';
import type { TypedPiece } from './typed-piece.js';
import { UnseenLines, type UnseenInput } from './unseen-lines.js';
import { mayAskForSecret, type LineStart } from './unseen-rules.js';
import { TypedKeys, type TypedLine } from './typed-keys.js';

/** After this much silence a key is typed at a prompt: the reading program has taken all lines that were sent before. */
const SETTLED_MS = 150;
/** A line editor reports its end within this time after its line feed. */
const EDITOR_END_MS = 500;

export interface TrackerOptions {
  readonly clock: Clock;
  readonly report: (command: ObservedCommand) => void;
  /** Called for typed lines that were not shown, of which no text may be recorded. */
  readonly unseen?: ((input: UnseenInput) => void) | undefined;
  /** True if `unseen` gets the text of the lines, to seal it. */
  readonly keepsUnseen?: boolean | undefined;
  /** Called when the tracker itself failed and has begun again. */
  readonly failed: (error: unknown) => void;
  /** Command line of an exec request with a terminal: the command that runs before anything is typed. */
  readonly foreground?: string | undefined;
}

/**
 * Finds the commands of one terminal. A line is at a prompt (`edit` if the shell marks it, `start` from the first key on), then sent, when the cursor leaves it.
 * The command runs until the next prompt or {@link REPORT_AFTER_MS} and is then reported. Reported text stands on the screen, and keys help to find it; lines that are not found are judged by {@link UnseenLines}.
 */
export class CommandTracker implements ScreenEvents {
  private readonly keys = new TypedKeys((piece, line) => this.pieceTyped(piece, line));
  private readonly unseen: UnseenLines;
  private lineStart: LineStart = { left: '', isPrompt: false, isAlternate: false, echoFrom: 0 };
  private readonly book = new PromptBook();
  private readonly finder: EntryFinder;
  private readonly foreground: ForegroundCommand;
  private readonly timers: NamedTimers<'report' | 'editor' | 'silent'>;
  private edit: LineEdit | undefined;
  private start: PromptSeen | undefined;
  /** Keys that were typed behind `start`. */
  private atStart = new AbortedLine(false);
  /** Ctrl-C keys that are not seen on the screen yet. */
  private interrupts = 0;
  /** The line that Ctrl-C ended last, until a key comes: bash begins and ends its editor once more in that row. */
  private lastAborted: { readonly text: string; readonly row: RowMark | undefined } | undefined;
  private silent = new SilentTypeAhead();
  private sentRow: { readonly line: number } | undefined;
  private lastOutputAt = 0;
  private current: Screen | undefined;

  constructor(private readonly options: TrackerOptions) {
    this.timers = new NamedTimers(options.clock, (error) => this.failed(error));
    const { clock, report } = options;
    const partial = (): string | undefined => (this.current?.isAlternate ? undefined : this.current?.textLeft().trimEnd());
    this.foreground = new ForegroundCommand({ clock, report, timers: this.timers, left: () => this.left(), partial }, options.foreground);
    this.unseen = new UnseenLines({
      clock,
      inferred: (text, at) => report(new RunningCommand(text, at, 'inferred').end(clock.now(), false)),
      unseen: (input) => options.unseen?.(input),
      keepsText: options.keepsUnseen === true,
    });
    this.finder = new EntryFinder(this.keys, this.book);
  }

  /** Returns true if the screen may be dropped: the current line is empty and no full-screen program runs. */
  get isIdle(): boolean {
    return !this.foreground.isRunning && this.keys.isLineEmpty && this.current?.isAlternate !== true;
  }

  /** Follows `screen` from now on; `undefined` if it was dropped. */
  follow(screen: Screen | undefined): void {
    this.current = screen;
    this.start = undefined;
    this.sentRow = undefined;
    if (screen) this.edit = this.edit?.moveTo(screen);
  }

  /** Forgets the screen, because bytes were lost. Learned prompts stay. */
  forget(): void {
    this.foreground.finish('', false);
    this.keys.forgetEntered();
    this.edit = undefined;
    this.start = undefined;
    this.sentRow = undefined;
    this.silent = new SilentTypeAhead();
  }

  /** Takes keys, in order with the output that is on the screen. */
  input(data: Uint8Array, at: number): void {
    this.foreground.at = at;
    if (this.keys.isLineEmpty) {
      this.keys.cut(at);
      this.noteStart();
      this.beginLine(at);
    } else this.moveStart();
    this.lastAborted = undefined;
    for (const byte of data) if (byte === 0x03) this.interrupts += 1;
    this.edit?.aborted.feed(data);
    this.atStart.feed(data);
    if (data.includes(0x03) && this.foreground.isOpen && asksForMore(this.left())) this.foreground.drop();
    this.keys.feed(data, at);
  }

  beforeOutput(at: number): void {
    this.foreground.at = at;
    this.lastOutputAt = at;
  }

  /** Takes output before it is on the screen. */
  output(data: Uint8Array): void {
    if (this.unseen.isWaiting || !this.keys.isLineEmpty) this.unseen.output(data);
  }

  afterOutput(): void {
    const left = this.left();
    if (this.foreground.isRunning && !this.foreground.isOpen && !this.edit) this.finishAtPrompt(left);
    if (this.keys.entered.some((line) => line.isEchoed)) this.timers.after('silent', SETTLED_MS, () => this.settleSilent());
  }

  /** Reports the remaining commands: the terminal is gone. */
  close(): void {
    this.settleSilent();
    this.checkEditor();
    this.foreground.finish();
    this.keys.cut(this.foreground.at);
    const { bytesInNoPiece: bytes } = this.keys;
    if (bytes > 0) this.options.unseen?.({ bytes, lines: 0 });
    this.unseen.close();
    this.timers.cancelAll();
  }

  lineEditor(isOn: boolean): void {
    this.keys.mayPaste = isOn;
    if (isOn) this.beginEdit();
    else if (this.edit) this.endEdit();
  }

  shellMark(mark: string): void {
    if (mark === 'A' && !this.edit) this.beginEdit();
    else if (mark === 'B') (this.edit ??= new LineEdit(this.screen)).promptEnds(this.screen);
    else if (mark === 'C' && this.edit) this.endEdit();
  }

  screenSwitched(): void {
    this.edit = undefined;
    this.start = undefined;
    this.keys.cut(this.foreground.at);
    this.noteStart();
    this.keys.forgetEntered();
  }

  lineLeft(): void {
    const row = this.screen.row - 1;
    if (this.edit) return this.lineLeftInEditor(this.edit, row);
    if (this.sentRow?.line === row) {
      this.sentRow = undefined;
      return;
    }
    if (this.keys.entered.length > 0 ? this.sentUnmarked(row) : this.leftUnsent(row)) return;
    if (this.screen.isAlternate || this.takenSilently(row)) return;
    this.foreground.printed(() => this.screen.wholeLine(row));
  }

  failed(error: unknown): void {
    this.foreground.drop();
    this.forget();
    this.options.failed(error);
  }

  private get screen(): Screen {
    if (!this.current) throw new Error('the tracker follows no screen');
    return this.current;
  }

  private left(): string {
    return this.current?.textLeft(this.edit?.col ?? 0) ?? '';
  }

  private isPrompt(left: string): boolean {
    return (
      this.book.isKnown(left) &&
      this.book.classify({ text: left, isMarked: false, foreground: this.foreground.line, isOpen: false }) === 'shell'
    );
  }

  private finishAtPrompt(left: string): void {
    const before = this.book.outputBefore(left) ?? '';
    if (this.isPrompt(left.slice(before.length))) this.foreground.finish(before || this.screen.beforePromptMark());
  }

  /** Remembers the terminal at the first key of a line. While earlier lines are on their way, only a known prompt is one. */
  private noteStart(): void {
    const left = this.left();
    const isPrompt = this.isPrompt(left) || (this.keys.entered.length === 0 && (this.edit !== undefined || endsInSign(left)));
    this.lineStart = { left, isPrompt, isAlternate: this.current?.isAlternate === true, echoFrom: this.unseen.echoFrom };
  }

  /** Notes the terminal anew within a line: a program asks now, or a shell waits now. A line that was begun at a question stays its answer. */
  private moveStart(): void {
    const left = this.left();
    const { lineStart } = this;
    const isQuestion = mayAskForSecret(left) && !(lineStart.left !== '' && left.startsWith(lineStart.left));
    if (!isQuestion && (lineStart.isPrompt || mayAskForSecret(lineStart.left) || !this.isPrompt(left))) return;
    this.noteStart();
    this.lineStart = { ...this.lineStart, echoFrom: lineStart.echoFrom };
  }

  private pieceTyped(piece: TypedPiece, line: TypedLine | undefined): void {
    this.unseen.typed({ ...this.lineStart, ...piece, line, foreground: this.foreground.line });
  }

  private beginLine(at: number): void {
    this.start = undefined;
    if (this.keys.entered.length > 0) {
      if (at - this.lastOutputAt < SETTLED_MS || !(this.edit ?? this.isPrompt(this.left()))) return;
      // Lines to an asset far away are still on their way, however long the screen has been quiet.
      this.keys.forgetRead(at);
    }
    const { screen } = this;
    this.atStart = new AbortedLine(this.keys.entered.length === 0);
    this.start = { text: this.left(), col: this.edit?.col ?? 0, marker: screen.markRow(), right: this.edit?.right };
    if (this.edit?.isAtStart(screen)) this.start = this.edit.promptBefore;
  }

  private beginEdit(): void {
    const { screen } = this;
    const left = screen.textLeft();
    if (this.foreground.isRunning && !this.foreground.isOpen) {
      this.foreground.finish(this.book.isKnown(left) || endsInSign(left) ? screen.beforePromptMark() : left.trimEnd());
    }
    this.edit = new LineEdit(screen, this.edit?.exact);
    this.edit.aborted = new AbortedLine(this.keys.entered.length === 0 && this.keys.isLineEmpty);
    this.start = undefined;
    this.sentRow = undefined;
  }

  /** Handles a line feed inside the editor: between rows of its buffer, or its last one before it reports its end. */
  private lineLeftInEditor(edit: LineEdit, row: number): void {
    if (edit.sentRow !== undefined) return this.checkEditor();
    const isSent = this.keys.entered.length > 0 && this.screen.isBlank(row + 1);
    edit.lineFeed(this.screen, isSent);
    if (isSent) this.timers.after('editor', EDITOR_END_MS, () => this.checkEditor());
  }

  /** Checks that the program that turned the mark on is a line editor. `printf '\e[?2004h'` must not hide the commands after it. */
  private checkEditor(): void {
    const row = this.edit?.sentRow;
    if (row === undefined || row < 0 || this.keys.entered.length === 0) return;
    const found = this.finder.unmarked(this.screen, row, this.sight());
    if (!found) return;
    this.edit = undefined;
    this.accept(found, false);
  }

  private endEdit(): void {
    const { edit, screen } = this;
    this.edit = undefined;
    this.timers.cancel('editor');
    if (!edit) return;
    const bottom = edit.isJustLeft(screen) ? screen.row - 1 : screen.row;
    this.sentRow = bottom === screen.row ? screen.markRow() : undefined;
    // The editor left this line, so it was sent, whatever is known of the keys that sent it.
    const found = this.finder.marked(screen, bottom, { ...this.sight(), edit });
    this.start = undefined;
    if (!found) this.keys.entered.shift();
    else if (this.isAbortedAgain(found, bottom)) return;
    else if (!this.isAborted(found, edit.aborted)) this.accept(found, true);
    else this.lastAborted = { text: found.text, row: screen.markRow(bottom - screen.row) };
  }

  private isAbortedAgain({ text }: FoundEntry, bottom: number): boolean {
    return this.lastAborted?.text === text && this.lastAborted.row?.line === bottom;
  }

  /** Returns true for a line that was not sent: an empty one without Enter, or one that Ctrl-C ended. */
  private isAborted({ text, line }: FoundEntry, keys: AbortedLine): boolean {
    if (line && (line.shown === text || text.trim() === '')) return false;
    if (text === '^C' && this.interrupts > 0) {
      this.interrupts -= 1;
      return true;
    }
    return (!line && text.trim() === '') || keys.covers(text);
  }

  /** Handles a line that the cursor left behind the prompt at which it was typed, without Enter (Ctrl-O). */
  private leftUnsent(row: number): boolean {
    if (!this.start || this.screen.isAlternate || !this.screen.isBlank(row + 1)) return false;
    const found = this.finder.unsent(this.screen, row, this.sight());
    if (!found || this.isAborted(found, this.atStart)) return false;
    this.accept(found, false);
    return true;
  }

  private sentUnmarked(row: number): boolean {
    if (!this.screen.isBlank(row + 1)) return false;
    const found = this.finder.unmarked(this.screen, row, this.sight());
    if (found) this.accept(found, false);
    return found !== undefined;
  }

  private sight() {
    return { start: this.start, foreground: this.foreground.line, isOpen: this.foreground.isOpen };
  }

  private accept(found: FoundEntry, isMarked: boolean): void {
    this.start = undefined;
    if (found.line) this.keys.forgetThrough(found.line);
    this.unseen.found(found.text, found.line);
    if (found.promptClass === 'continuation') return this.foreground.addLine(found.text);
    const before = this.book.outputBefore(found.prompt);
    if (found.line) this.book.learn(before === undefined ? found.prompt : found.prompt.slice(before.length), isMarked);
    this.foreground.finish(before);
    this.silent = new SilentTypeAhead();
    const commands = splitCommands(found.text);
    const certainty = found.line && !found.isUnsure ? 'seen' : 'inferred';
    for (const text of commands) this.foreground.run(text, found.line?.at ?? this.foreground.at, certainty);
  }

  /** Returns the prompt behind which lines are taken without an echo; only if no line editor shows them again. */
  private get silentPrompt(): string | undefined {
    if (this.book.expectsMark(this.foreground.line) || !this.keys.entered.some((line) => line.isEchoed)) return undefined;
    return this.book.last ?? guessPrompt(this.left());
  }

  private takenSilently(row: number): boolean {
    if (!this.keys.entered.some((line) => line.isEchoed)) return false;
    const line = this.screen.wholeLine(row);
    const prompt = this.silentPrompt ?? guessPrompt(line);
    if (prompt === undefined || !this.silent.addLine(line, prompt)) return false;
    this.foreground.finish();
    return true;
  }

  private settleSilent(): void {
    const prompt = this.silentPrompt;
    if (prompt === undefined || this.edit) return;
    const echoed = this.keys.entered.filter((line) => line.isEchoed);
    const taken = this.silent.settle(
      this.left(),
      prompt,
      echoed.map((line) => line.text ?? ''),
    );
    const last = echoed.at(-1);
    if (taken.length === 0 || !last) return;
    this.silent = new SilentTypeAhead();
    this.keys.forgetThrough(last);
    this.book.learn(prompt, false);
    for (const { text, output } of taken.filter((command) => command.text.trim() !== '')) {
      this.unseen.found(text);
      // The lines are taken by the number of prompts, so one of them may be another line that was sent.
      this.foreground.run(text, last.at, 'inferred');
      this.foreground.printedPartial(output);
    }
    this.foreground.finish();
  }
}
