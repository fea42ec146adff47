import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '@sallyport/context';
import { PooledTerminal, type TerminalHost, type TerminalWish } from './pooled-terminal.js';
import type { FromThread, ThreadMemory, ToThread } from './terminal-protocol.js';
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from './terminal-queue.js';

export interface TerminalPoolOptions {
  readonly clock: Clock;
  /** Number of threads that emulate terminals; 1 if absent. */
  readonly threads?: number;
  readonly limits?: Partial<QueueLimits>;
  /** Compiled file of the thread; set by tests that run from source. */
  readonly threadFile?: URL;
  /** Called for a thread that died and for failures of the tracking. The message contains no text of a session. */
  readonly onFault?: (message: string) => void;
}

/** The terminals of a thread that died continue in a new one after this time, with a gap. */
const RESTART_MS = 200;
const THREAD_HEAP_MB = 1024;
/** A thread that owes answers and processes nothing for this long is replaced. Its slices take milliseconds. */
const STALLED_MS = 15_000;
const WATCH_MS = 1_000;
/** A thread without terminals ends after this time. */
const UNUSED_MS = 60_000;

/** A thread and what was last seen of its progress. */
interface PoolThread {
  readonly worker: Worker;
  readonly progress: ThreadMemory['progress'];
  lastProgress: number;
  lastMovedAt: number;
  lastUsedAt: number;
}

/** Threads that emulate terminals, to relieve the data loop. */
export class TerminalPool implements TerminalHost {
  readonly limits: QueueLimits;
  /** Bytes of all terminals that wait. */
  queuedBytes = 0;
  private readonly threads: (PoolThread | undefined)[];
  private readonly terminals = new Map<number, PooledTerminal>();
  private lastTerminal = 0;
  private isClosed = false;
  private readonly watch: Timer;

  constructor(private readonly options: TerminalPoolOptions) {
    this.watch = options.clock.interval(WATCH_MS, () => {
      this.replaceStalled();
      this.endUnused();
    });
    this.limits = { ...DEFAULT_QUEUE_LIMITS, ...options.limits };
    this.threads = Array.from({ length: options.threads ?? 1 }, () => undefined);
  }

  get clock(): Clock {
    return this.options.clock;
  }

  /** Returns the number of open terminals. */
  get size(): number {
    return this.terminals.size;
  }

  /** Returns the number of threads that run. */
  get running(): number {
    return this.threads.filter((thread) => thread !== undefined).length;
  }

  open(wish: TerminalWish): PooledTerminal {
    const terminal = new PooledTerminal(++this.lastTerminal, this.leastUsed(), wish, this);
    if (this.isClosed) terminal.stop();
    else this.terminals.set(terminal.number, terminal);
    return terminal;
  }

  fault(message: string): void {
    this.options.onFault?.(message);
  }

  forget(terminal: PooledTerminal): void {
    this.terminals.delete(terminal.number);
  }

  /** Skips output of the terminal that has most of it waiting: a load of one session must not cost another one its commands. */
  overflowed(): void {
    let most: PooledTerminal | undefined;
    for (const terminal of this.terminals.values()) if (terminal.queuedBytes > (most?.queuedBytes ?? 0)) most = terminal;
    most?.makeRoom();
  }

  /** Sends a message to a thread, and starts the thread if needed. The bytes are transferred. */
  send(thread: number, message: ToThread): void {
    if (this.isClosed) return;
    const bytes = message.type === 'events' ? message.events.flatMap((event) => ('data' in event ? [event.data.buffer] : [])) : [];
    (this.threads[thread] ??= this.start(thread)).worker.postMessage(message, bytes);
  }

  /** Stops the threads. Output that they have not looked at is reported as a gap. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.watch.cancel();
    for (const terminal of [...this.terminals.values()]) terminal.stop();
    await Promise.all(this.threads.map(async (thread) => thread?.worker.terminate()));
  }

  private leastUsed(): number {
    const counts = this.threads.map((_, thread) => [...this.terminals.values()].filter((terminal) => terminal.thread === thread).length);
    return counts.indexOf(Math.min(...counts));
  }

  private start(thread: number): PoolThread {
    const progress = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(this.options.threadFile ?? new URL('./terminal-thread.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
      workerData: { progress } satisfies ThreadMemory,
    });
    worker.unref();
    worker.on('message', (message: FromThread) => this.terminals.get(message.terminal)?.received(message));
    worker.on('error', (error: Error) => this.fault(`terminal thread: ${error.name}`));
    const now = this.clock.monotonic();
    const started: PoolThread = { worker, progress, lastProgress: 0, lastMovedAt: now, lastUsedAt: now };
    worker.on('exit', () => {
      if (this.threads[thread] === started) this.lost(thread);
    });
    return started;
  }

  /** Ends threads that owe answers and make no progress, whatever the reason. Their terminals continue in a new one. */
  private replaceStalled(): void {
    const now = this.clock.monotonic();
    this.threads.forEach((thread, number) => {
      if (!thread) return;
      const progress = Atomics.load(thread.progress, 0);
      const isOwing = [...this.terminals.values()].some((terminal) => terminal.thread === number && terminal.isBusy);
      if (progress !== thread.lastProgress || !isOwing) thread.lastMovedAt = now;
      thread.lastProgress = progress;
      if (now - thread.lastMovedAt < STALLED_MS) return;
      thread.lastMovedAt = now;
      this.fault('terminal thread stalled');
      void thread.worker.terminate();
    });
  }

  /** Ends threads that have had no terminal for a while: one takes 15 MB. The next terminal starts a new one. */
  private endUnused(): void {
    const now = this.clock.monotonic();
    this.threads.forEach((thread, number) => {
      if (!thread) return;
      if ([...this.terminals.values()].some((terminal) => terminal.thread === number)) thread.lastUsedAt = now;
      if (now - thread.lastUsedAt < UNUSED_MS) return;
      this.threads[number] = undefined;
      void thread.worker.terminate();
    });
  }

  private lost(thread: number): void {
    if (this.isClosed) return;
    this.fault('terminal thread ended; its terminals start anew');
    this.options.clock.timeout(RESTART_MS, () => {
      this.threads[thread] = undefined;
      for (const terminal of this.terminals.values()) if (terminal.thread === thread) terminal.threadLost();
    });
  }
}

/** Creates a pool of `threads` threads; they start with the first terminal. */
export const createTerminalPool = (options: TerminalPoolOptions): TerminalPool => new TerminalPool(options);
