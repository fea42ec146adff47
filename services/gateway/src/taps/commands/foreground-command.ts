import type { Clock } from '@sallyport/context';
import { LONG_RUN_MS, type Certainty, type ObservedCommand } from './observed-command.js';
import type { NamedTimers } from './named-timers.js';
import { asksForMore } from './prompt-class.js';
import { RunningCommand } from './running-command.js';

export interface ForegroundOptions {
  readonly clock: Clock;
  readonly report: (command: ObservedCommand) => void;
  readonly timers: NamedTimers<'report' | 'editor' | 'silent'>;
  /** Returns the text before the cursor. */
  readonly left: () => string;
  /** Returns the same without trailing blanks, as the last output; undefined while a full-screen program runs. */
  readonly partial: () => string | undefined;
}

/** A shell that ends shows no prompt. */
const ENDS_SHELL = /^\s*(?:exit|logout)\b/;
const SHELL_END_MS = 2_000;

/**
 * The command that a terminal runs: from Enter until the next prompt, when it is reported. One that runs for {@link LONG_RUN_MS} is reported then. Its later
 * output is reported when the prompt comes, or when it is as long as a row can have.
 */
export class ForegroundCommand {
  private running: RunningCommand | undefined;
  /** The command that is reported and still runs. */
  private later: RunningCommand | undefined;
  /** Time of the last event. */
  at = 0;

  constructor(
    private readonly options: ForegroundOptions,
    /** The command line that runs or ran last: the shown prompt may be its own. */
    public line: string | undefined,
  ) {}

  /** Returns true if a command runs that is not reported yet. */
  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Returns true if a command runs, reported or not. */
  get isFollowed(): boolean {
    return (this.running ?? this.later) !== undefined;
  }

  /** Returns true if more lines of the command must follow, by shell syntax. */
  get isOpen(): boolean {
    return this.running?.isOpen === true;
  }

  run(text: string, startedAtMs: number, certainty?: Certainty): void {
    this.finish();
    this.running = new RunningCommand(text, startedAtMs, certainty);
    this.line = text;
    this.reportLater();
  }

  /** Adds a further line of the same command. */
  addLine(text: string): void {
    if (!this.running) return;
    this.running.addLine(text);
    this.reportLater();
  }

  /** Adds a whole line of output. */
  printed(line: () => string): void {
    if (this.isOpen) return;
    (this.running ?? this.later)?.output.addLine(line());
    if (this.later?.output.isFull) this.endLater(false);
  }

  /** Adds output without a line end. */
  printedPartial(text: string): void {
    this.running?.output.addPartial(text);
  }

  /** Drops the command: it never ran, or its output is lost. */
  drop(): void {
    this.running = undefined;
    this.later = undefined;
  }

  /** Reports the command. `partial` is the output on the prompt's line; `isOver` is true if the command appears to have ended. */
  finish(partial = '', isOver = true): void {
    this.later?.output.addPartial(partial);
    this.endLater(isOver);
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    this.options.timers.cancel('report');
    running.output.addPartial(partial);
    this.options.report(running.end(this.at, isOver));
  }

  private endLater(isOver: boolean): void {
    const { later } = this;
    this.later = undefined;
    if (later && !later.output.isEmpty) this.options.report(later.end(this.at, isOver));
  }

  private reportLater(): void {
    const ms = ENDS_SHELL.test(this.running?.input ?? '') ? SHELL_END_MS : LONG_RUN_MS;
    this.options.timers.after('report', ms, () => this.reportLate());
  }

  private reportLate(): void {
    if (this.isOpen && asksForMore(this.options.left())) return this.reportLater();
    this.printedPartial(this.options.partial() ?? '');
    this.at = this.options.clock.now();
    const later = this.running?.later(this.at);
    this.finish('', false);
    this.later = later;
  }
}
