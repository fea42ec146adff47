/**
 * Expensive computations (key exchanges, signatures) of all connections of the process. A bounded number of them runs at a time, and the
 * sources take turns: a source that asks for many waits for its own, and the thread pool stays free for files and names.
 */
import { availableParallelism } from 'node:os';

/** The computation did not run, because its connection ended while it waited. */
export class WorkAbandoned extends Error {
  override readonly name = 'WorkAbandoned';
  constructor() {
    super('The connection ended before its computation began');
  }
}

interface Job {
  readonly isWanted: () => boolean;
  start(): Promise<void>;
  abandon(): void;
}

/** See the head of this file. */
export class WorkQueue {
  /** The jobs that wait, by source. The first source is the next in turn. */
  private readonly sources = new Map<unknown, Job[]>();
  private running = 0;

  /** @param concurrency number of computations that run at a time. */
  constructor(private readonly concurrency: number) {}

  /** Returns the number of computations that wait. */
  get waiting(): number {
    return [...this.sources.values()].reduce((sum, jobs) => sum + jobs.length, 0);
  }

  /**
   * Runs a computation when its source's turn comes, at once if nothing waits. Rejects with WorkAbandoned if it is not wanted any more by
   * then.
   */
  run<T>(source: unknown, isWanted: () => boolean, compute: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency && this.sources.size === 0) return this.begin(compute);
    return new Promise<T>((resolve, reject) => {
      const jobs = this.sources.get(source) ?? [];
      jobs.push({ isWanted, start: () => this.begin(compute).then(resolve, reject), abandon: () => reject(new WorkAbandoned()) });
      this.sources.set(source, jobs);
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
      const job = this.takeNext();
      if (job === undefined) return;
      if (job.isWanted()) void job.start();
      else job.abandon();
    }
  }

  /** Takes the first job of the source whose turn it is. That source's other jobs wait until all other sources had a turn. */
  private takeNext(): Job | undefined {
    const [first] = this.sources;
    if (first === undefined) return undefined;
    const [source, jobs] = first;
    const job = jobs.shift();
    this.sources.delete(source);
    if (jobs.length > 0) this.sources.set(source, jobs);
    return job;
  }
}

const startNext = (queue: WorkQueue): void => queue.startNext();

/** The queue of this process. It uses no more threads than leave a core, and half of libuv's pool, to everything else. */
export const processWork = new WorkQueue(Math.max(1, Math.min(2, availableParallelism() - 1)));
