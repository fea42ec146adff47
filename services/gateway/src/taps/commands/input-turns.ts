import type { Clock, Timer } from '@sallyport/context';

/** Of the event loop's time, at once. */
const TURN_MS = 4;
/** More than this does not wait: it is worked off at once. */
const WAITING_BYTES = 1024 * 1024;
/** What a piece costs beside its bytes. */
const PIECE_COST_BYTES = 128;

/** Works bytes off in steps, in order, a few milliseconds of them at once: what then is left waits for a later turn of the event loop. */
export class InputTurns {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private timer: Timer | undefined;
  private readonly onIdle: (() => void)[] = [];

  /** @param step takes a part of what it is given, at least one byte; gives how much. */
  constructor(
    private readonly clock: Clock,
    private readonly step: (data: Buffer) => number,
  ) {}

  /** Works off `data`, which is copied where it has to wait. */
  push(data: Buffer): void {
    const left = this.waiting.length > 0 ? data : this.work(data, this.clock.monotonic() + TURN_MS);
    if (left.length === 0) return;
    this.waiting.push(Buffer.from(left));
    this.waitingBytes += left.length + PIECE_COST_BYTES;
    if (this.waitingBytes > WAITING_BYTES) this.goOn(Infinity);
    else this.goOnLater();
  }

  /** Calls when nothing waits any more: at once, or when all before was worked off. */
  whenIdle(call: () => void): void {
    if (this.waiting.length === 0) call();
    else this.onIdle.push(call);
  }

  private goOnLater(): void {
    this.timer ??= this.clock.timeout(0, () => this.goOn(this.clock.monotonic() + TURN_MS));
  }

  private goOn(until: number): void {
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
    if (this.waiting.length > 0) this.goOnLater();
    else for (const call of this.onIdle.splice(0)) call();
  }

  /** Gives what is left when the time is up. */
  private work(data: Buffer, until: number): Buffer {
    let left = data;
    while (left.length > 0) {
      left = left.subarray(this.step(left));
      if (this.clock.monotonic() >= until) return left;
    }
    return left;
  }
}
