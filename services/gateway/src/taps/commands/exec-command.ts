import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import {
  cutToBytes,
  INPUT_LIMIT_BYTES,
  LATER_MARK,
  LONG_RUN_MS,
  OUTPUT_LIMIT_BYTES,
  printedFacts,
  type ObservedCommand,
} from './observed-command.js';
import { outputText, withoutControls } from './plain-text.js';

/**
 * The command line of an exec request with the beginning of its output as text. Reported at its end, or after {@link LONG_RUN_MS}; then its later output
 * is reported at its end.
 */
export class ExecCommand {
  private startedAtMs: number;
  private readonly timer: Timer;
  private chunks: Buffer[] = [];
  private kept = 0;
  private seen = 0;
  private isReported = false;

  constructor(
    private readonly commandLine: string,
    private readonly clock: Clock,
    private readonly emit: (command: ObservedCommand) => void,
  ) {
    this.startedAtMs = clock.now();
    this.timer = clock.timeout(LONG_RUN_MS, () => this.reportLongRun());
  }

  output(data: Uint8Array): void {
    this.seen += data.length;
    if (this.kept >= OUTPUT_LIMIT_BYTES) return;
    const part = Buffer.from(data.subarray(0, OUTPUT_LIMIT_BYTES - this.kept));
    this.chunks.push(part);
    this.kept += part.length;
  }

  end(): void {
    this.timer.cancel();
    const printed = this.printed(true);
    if (!this.isReported) this.report(this.commandLine, printed);
    else if (printed.output !== '') this.report(this.commandLine + LATER_MARK, printed);
    this.isReported = true;
    this.chunks = [];
    this.kept = this.seen = 0;
  }

  private reportLongRun(): void {
    this.report(this.commandLine, this.printed(false));
    this.isReported = true;
    this.startedAtMs = this.clock.now();
    this.chunks = [];
    this.kept = this.seen = 0;
  }

  private report(commandLine: string, printed: ReturnType<ExecCommand['printed']>): void {
    this.emit({
      id: uuidv7(),
      input: cutToBytes(withoutControls(commandLine), INPUT_LIMIT_BYTES),
      ...printed,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.clock.now(),
      risk_level: 'accept',
      kind: 'exec',
      certainty: 'seen',
    });
  }

  private printed(isOver: boolean): Pick<ObservedCommand, 'output' | 'output_truncated' | 'output_bytes'> {
    const output = cutToBytes(outputText(Buffer.concat(this.chunks)), OUTPUT_LIMIT_BYTES);
    // Output that is not text is left out, so the output is truncated then too.
    const isCut = this.seen > this.kept || (this.kept > 0 && output === '');
    return { output, ...printedFacts(isOver, isCut, this.seen) };
  }
}
