import type { Ctx, TransactionRunner, Tx } from '@sallyport/context';
import type { DataSource, EntityManager } from 'typeorm';

type BeforeCommit = (ctx: Ctx) => Promise<void>;
interface Running {
  readonly manager: EntityManager;
  readonly beforeCommit: BeforeCommit[];
}

const running = new WeakMap<Tx, Running>();

/** Gives repositories their connection: the transaction's inside one, the pool's outside. */
export class Database implements TransactionRunner {
  constructor(private readonly dataSource: DataSource) {}

  /** For repositories alone. */
  manager(ctx: Ctx): EntityManager {
    return ctx.tx ? this.opened(ctx.tx).manager : this.dataSource.manager;
  }

  /** Commits when `work` returns, rolls back when it throws. Within a transaction it joins that one. */
  async run<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    if (ctx.tx) return work(ctx);
    return this.dataSource.transaction(async (manager) => {
      const tx = Object.freeze({}) as Tx;
      const state: Running = { manager, beforeCommit: [] };
      running.set(tx, state);
      try {
        const inside = { ...ctx, tx };
        const result = await work(inside);
        for (const last of state.beforeCommit) await last(inside);
        return result;
      } finally {
        running.delete(tx);
      }
    });
  }

  /** Does `last` at the end of the running transaction: for locks that everybody wants, so that they are held shortly and taken in one order. */
  beforeCommit(ctx: Ctx, last: BeforeCommit): void {
    if (!ctx.tx) throw new Error('beforeCommit was called outside a transaction');
    this.opened(ctx.tx).beforeCommit.push(last);
  }

  private opened(tx: Tx): Running {
    const state = running.get(tx);
    if (!state) throw new Error('this transaction is over');
    return state;
  }
}
