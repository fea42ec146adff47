import type { Clock, Timer } from '@sallyport/context';

/** Longest time that one turn takes of the event loop. */
const TURN_MS = 4;
/** Most bytes that wait; more are processed at once. */
const WAITING_BYTES = 1024 * 1024;
/** Cost of a piece beside its bytes. */
const PIECE_COST_BYTES = 128;

/** Processes bytes in steps, in order, for a few milliseconds at once. The rest waits for a later turn of the event loop. */
export class InputTurns {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private timer: Timer | undefined;
  private readonly onIdle: (() => void)[] = [];

  /** @param step takes a part of its argument, at least one byte, and returns the length of that part. */
  constructor(
    private readonly clock: Clock,
    private readonly step: (data: Buffer) => number,
  ) {}

  /** Takes `data`, and copies the part that has to wait. */
  push(data: Buffer): void {
    const left = this.waiting.length > 0 ? data : this.work(data, this.clock.monotonic() + TURN_MS);
    if (left.length === 0) return;
    this.waiting.push(Buffer.from(left));
    this.waitingBytes += left.length + PIECE_COST_BYTES;
    if (this.waitingBytes > WAITING_BYTES) this.run(Infinity);
    else this.continueLater();
  }

  /** Calls `call` when nothing waits: at once, or when everything before is processed. */
  whenIdle(call: () => void): void {
    if (this.waiting.length === 0) call();
    else this.onIdle.push(call);
  }

  private continueLater(): void {
    this.timer ??= this.clock.timeout(0, () => this.run(this.clock.monotonic() + TURN_MS));
  }

  private run(until: number): void {
    this.timer?.cancel();
    this.timer = undefined;
    let done = 0;
    for (; done < this.waiting.length; done += 1) {
      const piece = this.waiting[done]!;
      const left = this.work(piece, until);
      this.waitingBytes -= piece.length - left.length;
      this.waiting[done] = left;
      if (left.length > 0) break;
      this.waitingBytes -= PIECE_COST_BYTES;
    }
    this.waiting = this.waiting.slice(done);
    if (this.waiting.length > 0) this.continueLater();
    else for (const call of this.onIdle.splice(0)) call();
  }

  /** Returns the rest when the time is up. */
  private work(data: Buffer, until: number): Buffer {
    let left = data;
    while (left.length > 0) {
      left = left.subarray(this.step(left));
      if (this.clock.monotonic() >= until) return left;
    }
    return left;
  }
}
