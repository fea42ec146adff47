import { uuidv7 } from '@sallyport/context';
import { INPUT_LIMIT_BYTES, type ObservedCommand } from './observed-command.js';
import { RunningCommand } from './running-command.js';

/** Lines of one command come within this time, as those of piped input do. */
const TOGETHER_MS = 2_000;

/** Reports the lines of a terminal without echo as commands of kind `piped`: a here-document and continuation lines stand in their command. */
export class PipedLines {
  private open: RunningCommand | undefined;
  private lastAt = 0;

  constructor(private readonly report: (command: ObservedCommand) => void) {}

  add(text: string, at: number): void {
    if (this.open && (at - this.lastAt > TOGETHER_MS || this.open.input.length + text.length > INPUT_LIMIT_BYTES)) this.end();
    this.lastAt = at;
    if (this.open) this.open.addLine(text);
    else if (text.trim() !== '') this.open = new RunningCommand(text, at, 'piped');
    if (this.open?.isOpen === false) this.end();
  }

  /** Reports that a line is withheld. */
  withheld(bytes: number, at: number): void {
    this.end();
    const input = `(${bytes} bytes of input may be a password and are withheld)`;
    const span = { startedAtMs: at, endedAtMs: at };
    this.report({ id: uuidv7(), input, output: '', ...span, risk_level: 'accept', kind: 'piped', certainty: 'missed' });
  }

  /** Reports the command whose lines have not all come. */
  end(): void {
    const { open } = this;
    this.open = undefined;
    if (open) this.report(open.end(this.lastAt, false));
  }
}
