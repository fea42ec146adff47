import { uuidv7 } from '@sallyport/context';
import { cutToBytes, INPUT_LIMIT_BYTES, LATER_MARK, type Certainty, type ObservedCommand } from './observed-command.js';
import { OutputCapture } from './output-capture.js';
import { ShellSyntax } from './shell-syntax.js';

/** A typed command from Enter until it is reported. */
export class RunningCommand {
  readonly id = uuidv7();
  output = new OutputCapture();
  private readonly syntax = new ShellSyntax();

  constructor(
    public input: string,
    readonly startedAtMs: number,
    private readonly certainty: Certainty | 'piped' = 'seen',
  ) {
    for (const line of input.split('\n')) this.syntax.addLine(line);
  }

  /** Returns true if more lines of the command must follow, by shell syntax. */
  get isOpen(): boolean {
    return this.syntax.isOpen;
  }

  /** Adds a further line of the same command; text that was shown between is not its output. */
  addLine(line: string): void {
    if (this.input.length < INPUT_LIMIT_BYTES) this.input += `\n${line}`;
    this.syntax.addLine(line);
    this.output = new OutputCapture();
  }

  /** Returns the command from `at` on, for its output behind the part that is reported. */
  later(at: number): RunningCommand {
    return new RunningCommand(this.input + LATER_MARK, at, this.certainty);
  }

  /** Returns the command to report. `isOver`: it appears to have ended. */
  end(endedAtMs: number, isOver: boolean): ObservedCommand {
    return {
      id: this.id,
      input: cutToBytes(this.input, INPUT_LIMIT_BYTES),
      ...this.output.take(isOver),
      startedAtMs: this.startedAtMs,
      endedAtMs: Math.max(endedAtMs, this.startedAtMs),
      risk_level: 'accept',
      kind: this.certainty === 'piped' ? 'piped' : 'typed',
      certainty: this.certainty,
    };
  }
}
