import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import { cutToBytes, INPUT_LIMIT_BYTES, OUTPUT_LIMIT_BYTES, REPORT_AFTER_MS, type CommandFact } from './command-fact.js';
import { outputText, withoutControls } from './plain-text.js';

/** An exec request's command line with the beginning of its output as text. Told of at its end or after {@link REPORT_AFTER_MS}. */
export class ExecCommand {
  private readonly id = uuidv7();
  private readonly startedAtMs: number;
  private readonly timer: Timer;
  private chunks: Buffer[] = [];
  private kept = 0;
  private isTold = false;

  constructor(
    private readonly commandLine: string,
    private readonly clock: Clock,
    private readonly emit: (command: CommandFact) => void,
  ) {
    this.startedAtMs = clock.now();
    this.timer = clock.timeout(REPORT_AFTER_MS, () => this.end());
  }

  output(data: Uint8Array): void {
    if (this.isTold || this.kept >= OUTPUT_LIMIT_BYTES) return;
    const part = Buffer.from(data.subarray(0, OUTPUT_LIMIT_BYTES - this.kept));
    this.chunks.push(part);
    this.kept += part.length;
  }

  end(): void {
    if (this.isTold) return;
    this.isTold = true;
    this.timer.cancel();
    const output = cutToBytes(outputText(Buffer.concat(this.chunks)), OUTPUT_LIMIT_BYTES);
    this.chunks = [];
    const input = cutToBytes(withoutControls(this.commandLine), INPUT_LIMIT_BYTES);
    this.emit({ id: this.id, input, output, startedAtMs: this.startedAtMs, endedAtMs: this.clock.now(), riskLevel: 'accept', kind: 'exec' });
  }
}
