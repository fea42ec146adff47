import { uuidv7 } from '@sallyport/context';
import { cutToBytes, INPUT_LIMIT_BYTES, type ObservedCommand } from './observed-command.js';
import { OutputCapture } from './output-capture.js';
import { ShellSyntax } from './shell-syntax.js';

/** A typed command from Enter until it is told of. */
export class RunningCommand {
  readonly id = uuidv7();
  output = new OutputCapture();
  private readonly syntax = new ShellSyntax();

  constructor(
    public input: string,
    readonly startedAtMs: number,
  ) {
    for (const line of input.split('\n')) this.syntax.addLine(line);
  }

  /** By shell syntax, more lines of it are to come. */
  get isOpen(): boolean {
    return this.syntax.isOpen;
  }

  /** A further line of the same command; what was shown between is not its output. */
  addLine(line: string): void {
    if (this.input.length < INPUT_LIMIT_BYTES) this.input += `\n${line}`;
    this.syntax.addLine(line);
    this.output = new OutputCapture();
  }

  /** What is told of it. `isOver`: it has ended, as far as can be seen. */
  end(endedAtMs: number, isOver: boolean): ObservedCommand {
    return {
      id: this.id,
      input: cutToBytes(this.input, INPUT_LIMIT_BYTES),
      ...this.output.take(isOver),
      startedAtMs: this.startedAtMs,
      endedAtMs: Math.max(endedAtMs, this.startedAtMs),
      risk_level: 'accept',
      kind: 'typed',
    };
  }
}
