import type { Clock } from '@sallyport/context';
import { REPORT_AFTER_MS, type Certainty, type ObservedCommand } from './observed-command.js';
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

/** The command that a terminal runs: from Enter until the next prompt or {@link REPORT_AFTER_MS}, when it is reported. */
export class ForegroundCommand {
  private running: RunningCommand | undefined;
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
    if (this.running && !this.isOpen) this.running.output.addLine(line());
  }

  /** Adds output without a line end. */
  printedPartial(text: string): void {
    this.running?.output.addPartial(text);
  }

  /** Drops the command: it never ran, or its output is lost. */
  drop(): void {
    this.running = undefined;
  }

  /** Reports the command. `partial` is the output on the prompt's line; `isOver` is true if the command appears to have ended. */
  finish(partial = '', isOver = true): void {
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    this.options.timers.cancel('report');
    running.output.addPartial(partial);
    this.options.report(running.end(this.at, isOver));
  }

  private reportLater(): void {
    this.options.timers.after('report', REPORT_AFTER_MS, () => this.reportLate());
  }

  private reportLate(): void {
    if (this.isOpen && asksForMore(this.options.left())) return this.reportLater();
    this.printedPartial(this.options.partial() ?? '');
    this.at = this.options.clock.now();
    this.finish('', false);
  }
}
