import type { Clock, Timer } from '@sallyport/context';

/** RFC 4253 §9: after a gigabyte or an hour, whichever comes first. ssh2 never does it by itself. */
const MAX_BYTES = 1024 ** 3;
const MAX_MS = 3_600_000;
/** A peer that does not answer a key exchange in that time is dropped. */
const ANSWER_MS = 60_000;

/** Says when keys are to be renewed, and when a peer takes too long over it. */
export class RekeyPolicy {
  private isEnabled = false;
  private isRunning = false;
  private bytes = 0;
  private since: number;
  private deadline: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly act: { start(): void; late(): void },
  ) {
    this.since = clock.monotonic();
  }

  enable(): void {
    this.isEnabled = true;
  }

  /** Bytes went over the wire, in either direction. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (!this.isEnabled || this.isRunning) return;
    if (this.bytes < MAX_BYTES && this.clock.monotonic() - this.since < MAX_MS) return;
    this.isRunning = true;
    // Not now: bytes are counted in the midst of writing a packet, and another may not begin inside it.
    process.nextTick(() => this.begin());
  }

  private begin(): void {
    if (!this.isEnabled) return;
    this.isRunning = true;
    this.deadline = this.clock.timeout(ANSWER_MS, () => this.act.late());
    this.act.start();
  }

  /** Keys were exchanged, whoever began it. */
  done(): void {
    this.deadline?.cancel();
    this.isRunning = false;
    this.bytes = 0;
    this.since = this.clock.monotonic();
  }

  stop(): void {
    this.deadline?.cancel();
    this.isEnabled = false;
  }
}
