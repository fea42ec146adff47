import { WaitingFrames } from './waiting-frames.js';

/**
 * The bytes that the process may hold for frames that are not stored yet. A stream that is over the limit stops reading from its gateway.
 */
export class ByteBudget {
  /** The writers that hold these bytes. */
  readonly waiting = new WaitingFrames();
  private held = 0;
  private readers: (() => void)[] = [];

  constructor(private readonly limitBytes: number) {}

  /** Returns the bytes that are held now. */
  get heldBytes(): number {
    return this.held;
  }

  acquire(bytes: number): void {
    this.held += bytes;
  }

  release(bytes: number): void {
    this.held -= bytes;
    if (this.held >= this.limitBytes) return;
    const woken = this.readers;
    this.readers = [];
    for (const wake of woken) wake();
  }

  /** Resolves when less than the limit is held, or when the signal fires. */
  async whenRoom(signal: AbortSignal): Promise<void> {
    if (this.held < this.limitBytes) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort);
    if (!signal.aborted) this.readers.push(resolve);
    await (signal.aborted ? undefined : promise);
    signal.removeEventListener('abort', onAbort);
    // Other streams were woken too, and may have taken the room.
    if (!signal.aborted) return this.whenRoom(signal);
  }
}
