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

/** An exec request's command line with the beginning of its output as text. Told of at its end or after {@link REPORT_AFTER_MS}. */
export class ExecCommand {
  private readonly id = uuidv7();
  private readonly startedAtMs: number;
  private readonly timer: Timer;
  private chunks: Buffer[] = [];
  private kept = 0;
  private seen = 0;
  private isTold = false;

  constructor(
    private readonly commandLine: string,
    private readonly clock: Clock,
    private readonly emit: (command: ObservedCommand) => void,
  ) {
    this.startedAtMs = clock.now();
    this.timer = clock.timeout(REPORT_AFTER_MS, () => this.tell(false));
  }

  output(data: Uint8Array): void {
    this.seen += data.length;
    if (this.isTold || this.kept >= OUTPUT_LIMIT_BYTES) return;
    const part = Buffer.from(data.subarray(0, OUTPUT_LIMIT_BYTES - this.kept));
    this.chunks.push(part);
    this.kept += part.length;
  }

  end(): void {
    this.tell(true);
  }

  private tell(isOver: boolean): void {
    if (this.isTold) return;
    this.isTold = true;
    this.timer.cancel();
    const { id, startedAtMs } = this;
    const input = cutToBytes(withoutControls(this.commandLine), INPUT_LIMIT_BYTES);
    this.emit({ id, input, ...this.printed(isOver), startedAtMs, endedAtMs: this.clock.now(), risk_level: 'accept', kind: 'exec' });
    this.chunks = [];
  }

  private printed(isOver: boolean): Pick<ObservedCommand, 'output' | 'output_truncated' | 'output_bytes'> {
    const output = cutToBytes(outputText(Buffer.concat(this.chunks)), OUTPUT_LIMIT_BYTES);
    // Output that is no text is left out, so it is not all there either.
    const isCut = this.seen > this.kept || (this.kept > 0 && output === '');
    return { output, ...printedFacts(isOver, isCut, this.seen) };
  }
}
