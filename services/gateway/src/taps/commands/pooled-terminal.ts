import type { Clock, Timer } from '@sallyport/context';
import type { ObservedCommand, CommandGap, UnsearchedWhy } from './observed-command.js';
import type { FromThread, TerminalEvent, TerminalStart, ToThread } from './terminal-protocol.js';
import { outputOf, TerminalQueue, type DroppedOutput, type QueueLimits } from './terminal-queue.js';
import type { UnseenInput } from './unseen-lines.js';
import { UnsearchedSpan } from './unsearched-span.js';

export interface TerminalWish extends TerminalStart {
  readonly onCommand: (command: ObservedCommand) => void;
  readonly onUnseen?: (input: UnseenInput) => void;
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
  /** Makes room when the terminals together exceed their limit. */
  overflowed(): void;
}

/** Events wait so long for others: a message to the thread wakes it and, with its answer, this loop. */
const BATCH_MS = 50;
/** Events do not wait once there are so many bytes of them. */
const BATCH_BYTES = 16 * 1024;

const NOTHING: DroppedOutput = { bytes: 0, fromMs: Infinity, toMs: 0 };

/** The data loop's end of one emulated terminal. It takes events, never blocks and never throws. The thread has one batch of it at a time. */
export class PooledTerminal {
  private readonly queue = new TerminalQueue();
  private readonly unsearched: UnsearchedSpan;
  /** Output of the batch that the thread has; undefined if it has none. */
  private sent: DroppedOutput | undefined;
  private waiting: Timer | undefined;
  private isDue = false;
  private whenClosed: (() => void) | undefined;
  private isClosing = false;
  private isStopped = false;

  constructor(
    readonly number: number,
    readonly thread: number,
    private readonly wish: TerminalWish,
    private readonly pool: TerminalHost,
  ) {
    this.unsearched = new UnsearchedSpan((gap) => wish.onGap(gap));
  }

  get queuedBytes(): number {
    return this.queue.bytes;
  }

  /** Returns true if the thread owes an answer. */
  get isBusy(): boolean {
    return this.sent !== undefined;
  }

  push(event: TerminalEvent): void {
    if (this.isClosing) return;
    this.count(() => this.queue.push(event));
    const { limits } = this.pool;
    if (this.queue.bytes > limits.terminalBytes) this.skipTo(limits.keptBytes);
    else if (this.pool.queuedBytes > limits.poolBytes) this.pool.overflowed();
    this.schedule();
  }

  /** Skips output, because the terminals together exceed their limit. */
  makeRoom(): void {
    this.skipTo(Math.min(this.pool.limits.keptBytes, this.queue.bytes / 2));
  }

  /** Sends the waiting events and resolves when the thread has reported everything. It takes as long as the waiting bytes take. */
  close(): Promise<void> {
    this.isClosing = true;
    if (this.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenClosed = () => {
        this.unsearched.end();
        this.count(() => this.queue.takeBatch(Infinity));
        this.pool.forget(this);
        this.whenClosed = undefined;
        resolve();
      };
      this.flush();
    });
  }

  /** Ends the terminal at once, because its pool stops. Reports the output that no thread will look at. */
  stop(): void {
    this.lose('stopped', 0);
    this.unsearched.end();
    this.isClosing = true;
    this.isStopped = true;
    this.whenClosed?.();
  }

  received(message: FromThread): void {
    if (message.type === 'command') this.wish.onCommand(message.command);
    else if (message.type === 'unseen') this.wish.onUnseen?.(message.input);
    else if (message.type === 'failed') this.pool.fault(`terminal tracking: ${message.message}`);
    else if (message.type === 'closed') this.whenClosed?.();
    else {
      this.sent = undefined;
      if (this.queue.isEmpty) this.unsearched.end();
      if (this.isClosing) this.flush();
      else if (!this.queue.isEmpty) this.schedule();
    }
  }

  threadLost(): void {
    this.lose('worker-lost', this.pool.limits.keptBytes);
    this.flush();
  }

  /** Marks the batch that the thread had, and what waits beyond `keptBytes`, as lost. */
  private lose(why: UnsearchedWhy, keptBytes: number): void {
    if (why === 'stopped' && !this.sent && this.queue.isEmpty) return;
    const now = this.pool.clock.now();
    this.unsearched.add(why, this.sent ?? NOTHING, now);
    this.sent = undefined;
    this.skipTo(keptBytes, why);
  }

  private skipTo(bytes: number, why: UnsearchedWhy = 'overflow'): void {
    this.count(() => this.unsearched.add(why, this.queue.skipTo(bytes), this.pool.clock.now()));
  }

  /** Sends what waits in one batch: keys and their echoes after a while, a lot of output at the end of this turn of the loop. */
  private schedule(): void {
    if (this.isBusy) return;
    if (this.queue.bytes < BATCH_BYTES) this.waiting ??= this.pool.clock.timeout(BATCH_MS, () => this.flush());
    else if (!this.isDue) {
      this.isDue = true;
      setImmediate(() => this.flush());
    }
  }

  private flush(): void {
    this.waiting?.cancel();
    this.waiting = undefined;
    this.isDue = false;
    if (this.isBusy) return;
    if (this.queue.isEmpty) {
      if (this.isClosing && this.whenClosed) this.pool.send(this.thread, { type: 'close', terminal: this.number });
      return;
    }
    let events: TerminalEvent[] = [];
    this.count(() => (events = this.queue.takeBatch(this.pool.limits.batchBytes)));
    this.sent = outputOf(events);
    const { session, cols, rows, foreground, isEchoOff, keepsUnseen } = this.wish;
    const start = { session, cols, rows, foreground, isEchoOff, keepsUnseen };
    this.pool.send(this.thread, { type: 'events', terminal: this.number, start, events });
  }

  /** Updates the pool's total. */
  private count(change: () => void): void {
    const before = this.queue.bytes;
    change();
    this.pool.queuedBytes += this.queue.bytes - before;
  }
}
