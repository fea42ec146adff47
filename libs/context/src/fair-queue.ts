/** Bounds of a FairQueue: works that run at once, and works that wait, in all and of one key. */
export interface FairQueueLimits {
  readonly running: number;
  readonly waiting: number;
  readonly waitingPerKey: number;
}

/** The bound that refuses a work: the works of its own key, or those of all keys. */
export type QueueBound = 'key' | 'all';

/**
 * Runs a bounded number of works at once. The others wait in a queue per key, and the keys take turns: the burst of one key delays the next
 * work of another key by one work, not by the burst.
 */
export class FairQueue {
  /** The waiting works of each key. The key whose turn is next comes first. */
  private readonly queues = new Map<string, (() => void)[]>();
  private running = 0;
  private waiting = 0;

  /** `refuse` returns the error for a work that is too much to wait. */
  constructor(
    private readonly limits: FairQueueLimits,
    private readonly refuse: (bound: QueueBound) => Error,
  ) {}

  /** Runs a work when its turn comes. Rejects with the error of `refuse` if its key or all keys have too many waiting. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.running < this.limits.running) this.running += 1;
    else await this.wait(key);
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  /** Resolves when the work has the place of one that has ended. */
  private wait(key: string): Promise<void> {
    const queue = this.queues.get(key) ?? [];
    if (this.waiting >= this.limits.waiting) throw this.refuse('all');
    if (queue.length >= this.limits.waitingPerKey) throw this.refuse('key');
    this.queues.set(key, queue);
    this.waiting += 1;
    return new Promise((resolve) => queue.push(resolve));
  }

  /** Hands the place of a work that has ended to the next key, which then goes to the end. */
  private passOn(): void {
    const [next] = this.queues;
    if (!next) {
      this.running -= 1;
      return;
    }
    const [key, queue] = next;
    const start = queue.shift();
    this.queues.delete(key);
    if (queue.length > 0) this.queues.set(key, queue);
    this.waiting -= 1;
    start?.();
  }
}
