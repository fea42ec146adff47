import type { Clock } from '@sallyport/context';
import type { ObservedCommand, CommandGap } from './observed-command.js';
import type { FromThread, TerminalEvent, TerminalStart, ToThread } from './terminal-protocol.js';
import { TerminalQueue, type QueueLimits } from './terminal-queue.js';

export interface TerminalWish extends TerminalStart {
  readonly onCommand: (command: ObservedCommand) => void;
  readonly onGap: (gap: CommandGap) => void;
}

/** The part of a pool that its terminals need. */
export interface TerminalHost {
  readonly limits: QueueLimits;
  /** Bytes of all terminals that wait. */
  queuedBytes: number;
  readonly clock: Clock;
  send(thread: number, message: ToThread): void;
  forget(terminal: PooledTerminal): void;
  fault(message: string): void;
}

/** A closing terminal waits this long for its thread. */
const CLOSE_MS = 3_000;

/** The data loop's end of one emulated terminal. It takes events, never blocks and never throws. The thread has one batch of it at a time. */
export class PooledTerminal {
  private readonly queue = new TerminalQueue();
  private isBusy = false;
  private isScheduled = false;
  private whenClosed: (() => void) | undefined;
  private isClosing = false;

  constructor(
    readonly number: number,
    readonly thread: number,
    private readonly wish: TerminalWish,
    private readonly pool: TerminalHost,
  ) {}

  push(event: TerminalEvent): void {
    if (this.isClosing) return;
    this.count(() => this.queue.push(event));
    const { limits } = this.pool;
    if (this.queue.bytes > limits.terminalBytes) this.skip(limits.keptBytes);
    else if (this.pool.queuedBytes > limits.poolBytes) this.skip(Math.min(limits.keptBytes, this.queue.bytes / 2));
    this.schedule();
  }

  /** Sends the waiting events and resolves when the thread has reported everything, or after {@link CLOSE_MS}. */
  close(): Promise<void> {
    this.isClosing = true;
    return new Promise((resolve) => {
      const timer = this.pool.clock.timeout(CLOSE_MS, () => this.whenClosed?.());
      this.whenClosed = () => {
        timer.cancel();
        this.count(() => this.queue.takeBatch(Infinity));
        this.pool.forget(this);
        this.whenClosed = undefined;
        resolve();
      };
      this.flush();
    });
  }

  received(message: FromThread): void {
    if (message.type === 'command') this.wish.onCommand(message.command);
    else if (message.type === 'failed') this.pool.fault(`terminal tracking: ${message.message}`);
    else if (message.type === 'closed') this.whenClosed?.();
    else {
      this.isBusy = false;
      this.flush();
    }
  }

  threadLost(): void {
    this.isBusy = false;
    this.skip(this.pool.limits.keptBytes, 'worker-lost');
    this.flush();
  }

  private skip(bytes: number, why: 'overflow' | 'worker-lost' = 'overflow'): void {
    let skippedBytes = 0;
    this.count(() => (skippedBytes = this.queue.skipTo(bytes)));
    this.wish.onGap({ skippedBytes, why });
  }

  // All events of one turn of the loop go in one batch.
  private schedule(): void {
    if (this.isScheduled || this.isBusy) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.isBusy) return;
    if (this.queue.isEmpty) {
      if (this.isClosing && this.whenClosed) this.pool.send(this.thread, { type: 'close', terminal: this.number });
      return;
    }
    this.isBusy = true;
    let events: TerminalEvent[] = [];
    this.count(() => (events = this.queue.takeBatch(this.pool.limits.batchBytes)));
    const { cols, rows, foreground } = this.wish;
    this.pool.send(this.thread, { type: 'events', terminal: this.number, start: { cols, rows, foreground }, events });
  }

  /** Updates the pool's total. */
  private count(change: () => void): void {
    const before = this.queue.bytes;
    change();
    this.pool.queuedBytes += this.queue.bytes - before;
  }
}
