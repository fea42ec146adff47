import type { Clock, Timer } from '@sallyport/context';

/** The emulator of an idle terminal is released after this time. */
const RELEASE_MS = 3_000;
/** The screen of an idle terminal whose emulator can't be released is dropped after this time. */
const DROP_MS = 60_000;

/** A terminal that an idle sweep visits. */
export interface Sweepable {
  /** True while it has an emulator. */
  readonly isHeld: boolean;
  releaseIdle(idleMs: number): void;
  dropIdle(idleMs: number): void;
}

/** Takes the emulators of idle terminals back. It has a timer only while some terminal has an emulator. */
export class IdleSweep {
  private timer: Timer | undefined;

  /** @param onRest is called when emulators were taken back and no terminal has one any more. */
  constructor(
    private readonly clock: Clock,
    private readonly terminals: () => Iterable<Sweepable>,
    private readonly onRest: () => void,
  ) {}

  /** Begins, because a terminal got an emulator. */
  begin(): void {
    this.timer ??= this.clock.timeout(RELEASE_MS, () => this.sweep());
  }

  private sweep(): void {
    this.timer = undefined;
    let held = 0;
    for (const terminal of this.terminals()) {
      terminal.releaseIdle(RELEASE_MS);
      terminal.dropIdle(DROP_MS);
      if (terminal.isHeld) held += 1;
    }
    if (held > 0) this.begin();
    else this.onRest();
  }
}
