import type { Clock, Timer } from '@sallyport/context';
import { REPORT_AFTER_MS, type CommandFact } from './command-fact.js';
import { EntryFinder, type FoundEntry } from './entry-finder.js';
import { LineEdit, type PromptSeen } from './line-edit.js';
import { asksForMore, endsInSign, guessPrompt, PromptBook } from './prompt-class.js';
import { RunningCommand } from './running-command.js';
import type { Screen, ScreenEvents } from './screen.js';
import { splitCommands } from './shell-syntax.js';
import { SilentTypeAhead } from './silent-type-ahead.js';
import { TypedKeys } from './typed-keys.js';

/** A person's first key this long after the last output comes at a prompt: lines sent before it have been read by whoever asked. */
const SETTLED_MS = 150;
/** How long after its line feed a line editor has to say that it is done. */
const EDITOR_END_MS = 500;

export interface TrackerOptions {
  readonly clock: Clock;
  readonly report: (command: CommandFact) => void;
  /** A fault of ours: the tracker has started anew. */
  readonly failed: (error: unknown) => void;
  /** The command line of an exec request with a terminal: what runs before anything is typed. */
  readonly foreground?: string | undefined;
}

/**
 * Finds the commands of one terminal. States: at a prompt (`edit` when the shell marks it, `start` once a key came) → sent, when the line is left
 * → running until the next prompt or {@link REPORT_AFTER_MS}, then told of. Everything told stands on the screen; keys only help to find it.
 */
export class CommandTracker implements ScreenEvents {
  private readonly keys = new TypedKeys();
  private readonly book = new PromptBook();
  private readonly finder: EntryFinder;
  private foreground: string | undefined;
  private edit: LineEdit | undefined;
  private start: PromptSeen | undefined;
  private running: RunningCommand | undefined;
  private silent = new SilentTypeAhead();
  private readonly timers = new Map<'report' | 'editor' | 'silent', Timer>();
  private sentRow: { readonly line: number } | undefined;
  private at = 0;
  private lastOutputAt = 0;
  private current: Screen | undefined;

  constructor(private readonly options: TrackerOptions) {
    this.foreground = options.foreground;
    this.finder = new EntryFinder(this.keys, this.book);
  }

  /** The screen may be dropped: nothing is half typed and no full-screen program runs. */
  get isIdle(): boolean {
    return this.running === undefined && this.keys.isLineEmpty && this.current?.isAlternate !== true;
  }

  /** Follows `screen` from now on; `undefined` when it was dropped. */
  follow(screen: Screen | undefined): void {
    this.current = screen;
    this.start = undefined;
    this.sentRow = undefined;
    if (screen) this.edit = this.edit?.moveTo(screen);
  }

  /** Bytes were lost: what was on the screen says nothing any more. Prompts stay learned. */
  forget(): void {
    this.finish('', false);
    this.keys.forgetEntered();
    this.edit = undefined;
    this.start = undefined;
    this.sentRow = undefined;
    this.silent = new SilentTypeAhead();
  }

  /** Keys, in order with the output already on the screen. */
  input(data: Uint8Array, at: number): void {
    this.at = at;
    if (this.keys.isLineEmpty) this.beginLine(at);
    if (data.includes(0x03) && this.running?.isOpen && asksForMore(this.left())) this.running = undefined;
    this.keys.feed(data, at);
  }

  beforeOutput(at: number): void {
    this.at = at;
    this.lastOutputAt = at;
  }

  afterOutput(): void {
    const left = this.left();
    if (this.running && !this.running.isOpen && !this.edit) this.finishAtPrompt(left);
    if (this.keys.entered.some((line) => line.isEchoed)) this.after('silent', SETTLED_MS, () => this.settleSilent());
  }

  /** The terminal is gone: tells of what is left. */
  close(): void {
    this.settleSilent();
    this.checkEditor();
    this.finish();
    for (const timer of this.timers.values()) timer.cancel();
  }

  lineEditor(isOn: boolean): void {
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
    this.keys.forgetEntered();
  }

  lineLeft(): void {
    const row = this.screen.row - 1;
    if (this.edit) return this.lineLeftInEditor(this.edit, row);
    if (this.sentRow?.line === row) {
      this.sentRow = undefined;
      return;
    }
    if (this.keys.entered.length > 0 && this.sentUnmarked(row)) return;
    if (this.screen.isAlternate || this.takenSilently(row)) return;
    const output = this.running?.output;
    if (output && !this.running?.isOpen) output.addLine(this.screen.wholeLine(row));
  }

  failed(error: unknown): void {
    this.running = undefined;
    this.forget();
    this.options.failed(error);
  }

  private get screen(): Screen {
    if (!this.current) throw new Error('no screen to follow');
    return this.current;
  }

  private left(): string {
    return this.current?.textLeft(this.edit?.col ?? 0) ?? '';
  }

  private isPrompt(left: string): boolean {
    return this.book.isKnown(left) && this.book.classify({ text: left, isMarked: false, foreground: this.foreground, isOpen: false }) === 'shell';
  }

  private finishAtPrompt(left: string): void {
    const before = this.book.outputBefore(left) ?? '';
    if (this.isPrompt(left.slice(before.length))) this.finish(before || this.screen.beforePromptMark());
  }

  private beginLine(at: number): void {
    this.start = undefined;
    if (this.keys.entered.length > 0) {
      if (at - this.lastOutputAt < SETTLED_MS || !(this.edit ?? this.isPrompt(this.left()))) return;
      this.keys.forgetEntered();
    }
    const { screen } = this;
    this.start = { text: this.left(), col: this.edit?.col ?? 0, marker: screen.markRow(), right: this.edit?.right };
    if (this.edit?.isAtStart(screen)) this.start = this.edit.promptBefore;
  }

  private beginEdit(): void {
    const { screen } = this;
    const left = screen.textLeft();
    if (this.running && !this.running.isOpen) {
      this.finish(this.book.isKnown(left) || endsInSign(left) ? screen.beforePromptMark() : left.trimEnd());
    }
    this.edit = new LineEdit(screen, this.edit?.exact);
    this.start = undefined;
    this.sentRow = undefined;
  }

  /** A line feed inside the editor: between rows of its buffer, or its last act before it says that it is done. */
  private lineLeftInEditor(edit: LineEdit, row: number): void {
    if (edit.sentRow !== undefined) return this.checkEditor();
    const isSent = this.keys.entered.length > 0 && this.screen.isBlank(row + 1);
    edit.lineFeed(this.screen, isSent);
    if (isSent) this.after('editor', EDITOR_END_MS, () => this.checkEditor());
  }

  /** Whoever turned the editor's mark on without being an editor (`printf '\e[?2004h'`) shall not hide the commands after it. */
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
    this.timers.get('editor')?.cancel();
    if (!edit) return;
    const bottom = edit.isJustLeft(screen) ? screen.row - 1 : screen.row;
    this.sentRow = bottom === screen.row ? screen.markRow() : undefined;
    if (this.keys.entered.length === 0) return;
    const found = this.finder.marked(screen, bottom, { ...this.sight(), edit });
    if (found) this.accept(found, true);
    else this.keys.entered.shift();
  }

  private sentUnmarked(row: number): boolean {
    if (!this.screen.isBlank(row + 1)) return false;
    const found = this.finder.unmarked(this.screen, row, this.sight());
    if (found) this.accept(found, false);
    return found !== undefined;
  }

  private sight() {
    return { start: this.start, foreground: this.foreground, isOpen: this.running?.isOpen === true };
  }

  private accept(found: FoundEntry, isMarked: boolean): void {
    this.start = undefined;
    this.keys.forgetThrough(found.line);
    if (found.promptClass === 'continuation') return this.goOn(found.text);
    const before = this.book.outputBefore(found.prompt);
    this.book.learn(before === undefined ? found.prompt : found.prompt.slice(before.length), isMarked);
    this.finish(before);
    this.silent = new SilentTypeAhead();
    const commands = splitCommands(found.text);
    for (const text of commands) this.run(text, found.line.at);
  }

  private goOn(text: string): void {
    if (!this.running) return;
    this.running.addLine(text);
    this.after('report', REPORT_AFTER_MS, () => this.reportLate());
  }

  private run(text: string, startedAtMs: number): void {
    this.finish();
    this.running = new RunningCommand(text, startedAtMs);
    this.foreground = text;
    this.after('report', REPORT_AFTER_MS, () => this.reportLate());
  }

  private reportLate(): void {
    if (this.running?.isOpen && asksForMore(this.left())) return this.after('report', REPORT_AFTER_MS, () => this.reportLate());
    if (!this.current?.isAlternate) this.running?.output.addPartial(this.current?.textLeft().trimEnd() ?? '');
    this.at = this.options.clock.now();
    this.finish('', false);
  }

  /** Tells of the running command; `partial` is what it left on the prompt's line. */
  private finish(partial = '', isOver = true): void {
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    this.timers.get('report')?.cancel();
    running.output.addPartial(partial);
    this.options.report(running.end(this.at, isOver));
  }

  /** The prompt that lines are taken behind without an echo; only where no line editor shows them again. */
  private get silentPrompt(): string | undefined {
    if (this.book.expectsMark(this.foreground) || !this.keys.entered.some((line) => line.isEchoed)) return undefined;
    return this.book.last ?? guessPrompt(this.left());
  }

  private takenSilently(row: number): boolean {
    if (!this.keys.entered.some((line) => line.isEchoed)) return false;
    const line = this.screen.wholeLine(row);
    const prompt = this.silentPrompt ?? guessPrompt(line);
    if (prompt === undefined || !this.silent.addLine(line, prompt)) return false;
    this.finish();
    return true;
  }

  private settleSilent(): void {
    const prompt = this.silentPrompt;
    if (prompt === undefined || this.edit) return;
    const echoed = this.keys.entered.filter((line) => line.isEchoed);
    const taken = this.silent.settle(this.left(), prompt, echoed.map((line) => line.text ?? ''));
    const last = echoed.at(-1);
    if (taken.length === 0 || !last) return;
    this.silent = new SilentTypeAhead();
    this.keys.forgetThrough(last);
    this.book.learn(prompt, false);
    for (const { text, output } of taken.filter((command) => command.text.trim() !== '')) {
      this.run(text, last.at);
      this.running?.output.addPartial(output);
    }
    this.finish();
  }

  private after(name: 'report' | 'editor' | 'silent', ms: number, call: () => void): void {
    this.timers.get(name)?.cancel();
    const guarded = (): void => {
      try {
        call();
      } catch (error) {
        this.failed(error);
      }
    };
    this.timers.set(name, this.options.clock.timeout(ms, guarded));
  }
}
