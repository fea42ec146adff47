import type { Clock } from '@sallyport/context';
import { REPORT_AFTER_MS, type ObservedCommand } from './observed-command.js';
import type { NamedTimers } from './named-timers.js';
import { asksForMore } from './prompt-class.js';
import { RunningCommand } from './running-command.js';

export interface ForegroundOptions {
  readonly clock: Clock;
  readonly report: (command: ObservedCommand) => void;
  readonly timers: NamedTimers<'report' | 'editor' | 'silent'>;
  /** What stands before the cursor. */
  readonly left: () => string;
  /** The same without blanks at its end, as the last of the output; undefined while a full-screen program runs. */
  readonly partial: () => string | undefined;
}

/** The command that a terminal runs: from Enter until the next prompt or {@link REPORT_AFTER_MS}, when it is told of. */
export class ForegroundCommand {
  private running: RunningCommand | undefined;
  /** When the last event came. */
  at = 0;

  constructor(
    private readonly options: ForegroundOptions,
    /** The line that runs or ran last: whose prompt may show. */
    public line: string | undefined,
  ) {}

  /** One runs that is not told of yet. */
  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** By shell syntax, more lines of it are to come. */
  get isOpen(): boolean {
    return this.running?.isOpen === true;
  }

  run(text: string, startedAtMs: number): void {
    this.finish();
    this.running = new RunningCommand(text, startedAtMs);
    this.line = text;
    this.reportLater();
  }

  /** A further line of the same command. */
  goOn(text: string): void {
    if (!this.running) return;
    this.running.addLine(text);
    this.reportLater();
  }

  /** A whole line that it printed. */
  printed(line: () => string): void {
    if (this.running && !this.isOpen) this.running.output.addLine(line());
  }

  /** Output without its line's end. */
  printedPartial(text: string): void {
    this.running?.output.addPartial(text);
  }

  /** It never ran, or nothing is known of it any more. */
  drop(): void {
    this.running = undefined;
  }

  /** Tells of it; `partial` is what it left on the prompt's line, `isOver` whether it has ended as far as can be seen. */
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
