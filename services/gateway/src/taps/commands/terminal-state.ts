import { SilentTypeAhead } from './silent-type-ahead.js';
import type { Clock } from '@sallyport/context';
import type { ObservedCommand } from './observed-command.js';
import { EntryFinder, type FoundEntry, type Sight } from './entry-finder.js';
import { ForegroundCommand } from './foreground-command.js';
import type { LineEdit, PromptSeen } from './line-edit.js';
import { NamedTimers } from './named-timers.js';
import { PipedLines } from './piped-lines.js';
import { endsInSign, PromptBook } from './prompt-class.js';
import { ProgramLines } from './program-lines.js';
import { RunningCommand } from './running-command.js';
import { SecretAnswers } from './secret-answers.js';
import type { Screen } from './screen.js';
import { splitCommands } from './shell-syntax.js';
import { TypedKeys, type TypedLine } from './typed-keys.js';
import type { TypedPiece } from './typed-piece.js';
import { UnseenLines, type UnseenInput } from './unseen-lines.js';

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
  /** True if the terminal was requested without echo: its lines are reported as piped input is. */
  readonly isEchoOff?: boolean | undefined;
}

/** The state of one terminal that the parts of its tracker share: its screen, its keys, the prompts that it learned and the command that it runs. */
export class TerminalState {
  readonly keys: TypedKeys;
  readonly unseen: UnseenLines;
  /** True if the terminal was requested without echo: a row that spells a typed line is output, unless a line editor marks it as its own. */
  readonly isEchoOff: boolean;
  readonly programs: ProgramLines;
  readonly book = new PromptBook();
  readonly finder: EntryFinder;
  readonly foreground: ForegroundCommand;
  readonly timers: NamedTimers<'report' | 'editor' | 'silent'>;
  edit: LineEdit | undefined;
  /** The prompt at which the current line was begun. */
  start: PromptSeen | undefined;
  silent = new SilentTypeAhead();
  lastOutputAt = 0;
  current: Screen | undefined;

  constructor(
    options: TrackerOptions,
    events: { typed(piece: TypedPiece, line: TypedLine | undefined): void; failed(error: unknown): void },
  ) {
    const { clock, report } = options;
    this.timers = new NamedTimers(clock, (error) => events.failed(error));
    this.keys = new TypedKeys((piece, line) => events.typed(piece, line));
    const partial = (): string | undefined => (this.current?.isAlternate ? undefined : this.current?.textLeft().trimEnd());
    this.foreground = new ForegroundCommand({ clock, report, timers: this.timers, left: () => this.left(), partial }, options.foreground);
    this.isEchoOff = options.isEchoOff === true;
    const piped = this.isEchoOff ? new PipedLines(report) : undefined;
    this.unseen = new UnseenLines({
      ...(piped && { quiet: { lines: piped, answers: new SecretAnswers(options.foreground), isAtPrompt: () => this.isAtPrompt } }),
      clock,
      inferred: (text, at) => report(new RunningCommand(text, at, 'inferred').end(clock.now(), false)),
      program: (piece) => this.programs.judged(piece),
      mayBeTaken: (line) => this.programs.mayBeTaken(line),
      unseen: (input) => options.unseen?.(input),
      keepsText: options.keepsUnseen === true,
    });
    this.programs = new ProgramLines(this, clock, report);
    this.finder = new EntryFinder(this.keys, this.book);
  }

  /** Returns true if a shell or another line editor appears to wait. */
  get isAtPrompt(): boolean {
    return this.edit !== undefined || endsInSign(this.left()) || this.isPrompt(this.left());
  }

  get screen(): Screen {
    if (!this.current) throw new Error('the tracker follows no screen');
    return this.current;
  }

  /** Returns the text before the cursor, behind the column at which a line editor began. */
  left(): string {
    return this.current?.textLeft(this.edit?.col ?? 0) ?? '';
  }

  /** Returns true if the text is a known prompt of a shell. */
  isPrompt(left: string): boolean {
    const { book, foreground } = this;
    return book.isKnown(left) && book.classify({ text: left, isMarked: false, foreground: foreground.line, isOpen: false }) === 'shell';
  }

  sight(): Sight {
    return { start: this.start, foreground: this.foreground.line, isOpen: this.foreground.isOpen };
  }

  /** Takes a line that was sent to a shell: its commands run from now on. */
  accept(found: FoundEntry, isMarked: boolean): void {
    this.start = undefined;
    if (found.line) this.keys.forgetThrough(found.line);
    this.unseen.found(found.text, found.line);
    if (found.promptClass === 'continuation') return this.foreground.addLine(found.text);
    const before = this.book.outputBefore(found.prompt);
    if (found.line) this.book.learn(before === undefined ? found.prompt : found.prompt.slice(before.length), isMarked);
    this.foreground.finish(before);
    this.silent = new SilentTypeAhead();
    const certainty = found.line && !found.isUnsure ? 'seen' : 'inferred';
    for (const text of splitCommands(found.text)) this.foreground.run(text, found.line?.at ?? this.foreground.at, certainty);
  }
}
