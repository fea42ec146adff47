import type { Metrics, Reading } from './metrics.js';

/** A pool of database connections, as pg has it. */
export interface ShownPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** Shows the use of pools of database connections, by their name. */
export function showPools(metrics: Metrics, pools: Readonly<Record<string, ShownPool>>): void {
  const each = (value: (pool: ShownPool) => number) => (): Reading<'pool'>[] =>
    Object.entries(pools).map(([name, pool]) => ({ labels: { pool: name }, value: value(pool) }));
  const gauge = (name: string, help: string, value: (pool: ShownPool) => number): void =>
    void metrics.gauge(name, help, ['pool'], each(value));
  gauge('database_pool_in_use_connections', 'Database connections that run work', (pool) => pool.totalCount - pool.idleCount);
  gauge('database_pool_max_connections', 'Most database connections of a pool', (pool) => pool.options.max);
  gauge('database_pool_waiting_requests', 'Work that waits for a database connection', (pool) => pool.waitingCount);
}
