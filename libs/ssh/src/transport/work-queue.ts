/**
 * Expensive computations (key exchanges, signatures) of all connections of the process. A bounded number of them runs at a time, and the
 * sources take turns, each within its budget: a source that asks for many waits for its own, and the processor stays free for keystrokes.
 */
import { availableParallelism } from 'node:os';
import { systemClock, type Clock, type Timer } from './clock.js';
import { WorkBudgets, type WorkSource } from './work-budgets.js';

/** The computation did not run, because its connection ended while it waited. */
export class WorkAbandoned extends Error {
  override readonly name = 'WorkAbandoned';
  constructor() {
    super('The connection ended before its computation began');
  }
}

/** A computation of a source. */
export interface Work<T> {
  /** The connections with the same source share one turn and one budget. */
  readonly source: WorkSource;
  /** Milliseconds of processor time that it takes on a usual core. */
  readonly price: number;
  /** Returns false once the connection has ended. */
  isWanted(): boolean;
  compute(): Promise<T>;
}

interface Job {
  readonly price: number;
  readonly isWanted: () => boolean;
  start(): Promise<void>;
  abandon(): void;
}

/** See the head of this file. */
export class WorkQueue {
  /** The jobs that wait, by source. The first source is the next in turn. */
  private readonly sources = new Map<WorkSource, Job[]>();
  private readonly budgets: WorkBudgets;
  private running = 0;
  private wakeUp: Timer | undefined;

  /** @param concurrency number of computations that run at a time. */
  constructor(
    private readonly concurrency: number,
    private readonly clock: Clock = systemClock,
  ) {
    this.budgets = new WorkBudgets(clock);
  }

  /** Returns the number of computations that wait. */
  get waiting(): number {
    return [...this.sources.values()].reduce((sum, jobs) => sum + jobs.length, 0);
  }

  /**
   * Runs a computation when its source's turn comes, at once if nothing waits and its budget allows it. Rejects with WorkAbandoned if it is
   * not wanted any more by then.
   */
  run<T>({ source, price, isWanted, compute }: Work<T>): Promise<T> {
    if (this.running < this.concurrency && this.sources.size === 0 && this.budgets.waitMs(source) === 0) {
      this.budgets.spend(source, price);
      return this.begin(compute);
    }
    return new Promise<T>((resolve, reject) => {
      const jobs = this.sources.get(source) ?? [];
      jobs.push({ price, isWanted, start: () => this.begin(compute).then(resolve, reject), abandon: () => reject(new WorkAbandoned()) });
      this.sources.set(source, jobs);
      if (this.running < this.concurrency) this.startNext();
    });
  }

  private async begin<T>(compute: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await compute();
    } finally {
      this.running -= 1;
      // In a later turn of the event loop: short computations that wait must not add up to a long turn.
      if (this.sources.size > 0) setImmediate(startNext, this);
    }
  }

  /** Starts jobs while there is room. The event loop calls this method. */
  startNext(): void {
    while (this.running < this.concurrency) {
      const source = this.nextSource();
      if (source === undefined) return;
      const job = this.take(source);
      if (!job.isWanted()) job.abandon();
      else {
        this.budgets.spend(source, job.price);
        void job.start();
      }
    }
  }

  /** Returns the source whose turn it is, among those with a budget left. Without one, comes back when the first of them has. */
  private nextSource(): WorkSource | undefined {
    this.wakeUp?.cancel();
    let soonest = Infinity;
    for (const source of this.sources.keys()) {
      const wait = this.budgets.waitMs(source);
      if (wait === 0) return source;
      soonest = Math.min(soonest, wait);
    }
    if (soonest < Infinity) this.wakeUp = this.clock.after(soonest, () => this.startNext());
    return undefined;
  }

  /** Takes the first job of a source. That source's other jobs wait until all other sources had a turn. */
  private take(source: WorkSource): Job {
    const jobs = this.sources.get(source) ?? [];
    const job = jobs.shift()!;
    this.sources.delete(source);
    if (jobs.length > 0) this.sources.set(source, jobs);
    return job;
  }
}

const startNext = (queue: WorkQueue): void => queue.startNext();

/** The queue of this process. It uses no more threads than leave a core, and half of libuv's pool, to everything else. */
export const processWork = new WorkQueue(Math.max(1, Math.min(2, availableParallelism() - 1)));
