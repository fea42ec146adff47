import type { Ctx, OrgCtx, TransactionRunner, Tx } from '@sallyport/context';
import type { ShownPool } from '@sallyport/telemetry';
import { QueryFailedError, type DataSource, type EntityManager, type ObjectLiteral } from 'typeorm';
import { Table, type EntityClass } from './table.js';

/** Returns the pool of pg, which TypeORM keeps to itself. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { readonly master: Pool }).master;

interface Running {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void)[];
}

/** A connection of pg, or its pool. */
interface PgConnection {
  query(statement: { name: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[] }>;
}

/** Pool of pg, as far as it is used and shown. */
interface Pool extends PgConnection, ShownPool {}

/** An entity of a table with `org_id`. */
export interface OrgOwned extends ObjectLiteral {
  readonly orgId: string;
}

/** Makes an entity class with `org_id` not compile. */
type WithoutOrg<E> = E extends OrgOwned ? never : unknown;

const running = new WeakMap<Tx, Running>();

/** Reaches the tables: within the transaction of a context, else on a connection of the pool. */
export class Database implements TransactionRunner {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns the rows of the context's organization. */
  tenant<E extends OrgOwned>(ctx: OrgCtx, entity: EntityClass<E>): Table<E> {
    return new Table<E>(this.managerOf(ctx), entity, { orgId: ctx.orgId } as Partial<E>);
  }

  /** Returns the rows of a table that belongs to no organization. A class with `org_id` does not compile here. */
  global<E extends ObjectLiteral>(ctx: Ctx, entity: EntityClass<E> & WithoutOrg<E>): Table<E> {
    return new Table<E>(this.managerOf(ctx), entity, {});
  }

  /** Returns the rows that link rows of an organization. Its caller has read the row that owns the links by `tenant`. */
  relation<E extends ObjectLiteral>(ctx: OrgCtx, entity: EntityClass<E> & WithoutOrg<E>): Table<E> {
    return new Table<E>(this.managerOf(ctx), entity, {});
  }

  /** Returns the rows of all organizations: for work of the system itself. ESLint lists the files that may call it. */
  everyOrg<E extends OrgOwned>(ctx: Ctx, entity: EntityClass<E>): Table<E> {
    return new Table<E>(this.managerOf(ctx), entity, {});
  }

  /** Runs SQL as it stands. Its author narrows it to an organization; ESLint lists the files that may call it. */
  async sql<T>(ctx: Ctx, text: string, parameters: readonly unknown[] = []): Promise<T> {
    return this.managerOf(ctx).query<T>(text, [...parameters]);
  }

  /**
   * Runs one SQL statement that PostgreSQL parses and plans once per connection, under a name that stands for this text alone. Outside a
   * transaction it commits by itself. Its author narrows it to an organization; ESLint lists the files that may call it.
   */
  async prepared<T>(ctx: Ctx, name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    this.dataSource.logger.logQuery(text, [...values]);
    const connection = ctx.tx ? await this.connectionOf(ctx.tx) : this.pool;
    try {
      return (await connection.query({ name, text, values })).rows as T[];
    } catch (error) {
      throw error instanceof Error ? new QueryFailedError(text, [...values], error) : error;
    }
  }

  /** Commits when `work` resolves, rolls back when it rejects. Within a transaction it joins that one. */
  async run<C extends Ctx, T>(ctx: C, work: (ctx: C) => Promise<T>): Promise<T> {
    if (ctx.tx) return work(ctx);
    const afterCommit: (() => void)[] = [];
    const result = await this.dataSource.transaction(async (manager) => {
      const tx = Object.freeze({}) as Tx;
      running.set(tx, { manager, afterCommit });
      try {
        return await work({ ...ctx, tx });
      } finally {
        running.delete(tx);
      }
    });
    for (const then of afterCommit) then();
    return result;
  }

  /** Runs `then` once the running transaction is committed, and at once outside one: for what this process remembers. It must not throw. */
  afterCommit(ctx: Ctx, then: () => void): void {
    if (ctx.tx) this.stateOf(ctx.tx).afterCommit.push(then);
    else then();
  }

  private managerOf(ctx: Ctx): EntityManager {
    return ctx.tx ? this.stateOf(ctx.tx).manager : this.dataSource.manager;
  }

  /** Returns the pool of pg, because TypeORM prepares no statements. */
  private get pool(): PgConnection {
    return poolOf(this.dataSource);
  }

  private async connectionOf(tx: Tx): Promise<PgConnection> {
    const { queryRunner } = this.stateOf(tx).manager;
    return (await queryRunner?.connect()) as PgConnection;
  }

  private stateOf(tx: Tx): Running {
    const state = running.get(tx);
    if (!state) throw new Error('this transaction is over');
    return state;
  }
}
