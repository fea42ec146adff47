import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import {
  cutToBytes,
  INPUT_LIMIT_BYTES,
  OUTPUT_LIMIT_BYTES,
  printedFacts,
  REPORT_AFTER_MS,
  type ObservedCommand,
} from './observed-command.js';
import { outputText, withoutControls } from './plain-text.js';

/** The command line of an exec request with the beginning of its output as text. Reported at its end or after {@link REPORT_AFTER_MS}. */
export class ExecCommand {
  private readonly id = uuidv7();
  private readonly startedAtMs: number;
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
    this.timer = clock.timeout(REPORT_AFTER_MS, () => this.report(false));
  }

  output(data: Uint8Array): void {
    this.seen += data.length;
    if (this.isReported || this.kept >= OUTPUT_LIMIT_BYTES) return;
    const part = Buffer.from(data.subarray(0, OUTPUT_LIMIT_BYTES - this.kept));
    this.chunks.push(part);
    this.kept += part.length;
  }

  end(): void {
    this.report(true);
  }

  private report(isOver: boolean): void {
    if (this.isReported) return;
    this.isReported = true;
    this.timer.cancel();
    const { id, startedAtMs } = this;
    const input = cutToBytes(withoutControls(this.commandLine), INPUT_LIMIT_BYTES);
    this.emit({
      id,
      input,
      ...this.printed(isOver),
      startedAtMs,
      endedAtMs: this.clock.now(),
      risk_level: 'accept',
      kind: 'exec',
      certainty: 'seen',
    });
    this.chunks = [];
  }

  private printed(isOver: boolean): Pick<ObservedCommand, 'output' | 'output_truncated' | 'output_bytes'> {
    const output = cutToBytes(outputText(Buffer.concat(this.chunks)), OUTPUT_LIMIT_BYTES);
    // Output that is not text is left out, so the output is truncated then too.
    const isCut = this.seen > this.kept || (this.kept > 0 && output === '');
    return { output, ...printedFacts(isOver, isCut, this.seen) };
  }
}
