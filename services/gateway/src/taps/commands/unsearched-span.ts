import type { CommandGap, UnsearchedWhy } from './observed-command.js';
import type { DroppedOutput } from './terminal-queue.js';

/** A longer span is reported in parts, so that a gateway that dies leaves at most this much without a mark. */
const REPORT_BYTES = 64 * 1024 * 1024;

/** Joins the output that is skipped while a terminal lags behind into one span, so that a flood is reported once. */
export class UnsearchedSpan {
  private span: DroppedOutput | undefined;
  private why: UnsearchedWhy | undefined;

  constructor(private readonly report: (gap: CommandGap) => void) {}

  /** Adds skipped output. `nowMs` is the time of a loss without output, of keys or of a whole thread. */
  add(why: UnsearchedWhy, { bytes, ...times }: DroppedOutput, nowMs: number): void {
    const { fromMs, toMs } = bytes > 0 ? times : { fromMs: nowMs, toMs: nowMs };
    if (this.why !== why) this.end();
    this.why = why;
    this.span ??= { bytes: 0, fromMs, toMs };
    this.span.bytes += bytes;
    this.span.fromMs = Math.min(this.span.fromMs, fromMs);
    this.span.toMs = Math.max(this.span.toMs, toMs);
    if (this.span.bytes >= REPORT_BYTES) this.end();
  }

  /** Reports the span: commands are looked for again from here on. */
  end(): void {
    const { span, why } = this;
    this.span = undefined;
    if (span && why) this.report({ skippedBytes: span.bytes, why, fromMs: span.fromMs, toMs: span.toMs });
  }
}
