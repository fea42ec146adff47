import type { DataSource, Logger } from 'typeorm';

/** A query that was sent, and how PostgreSQL runs it. */
export interface ExplainedQuery {
  readonly sql: string;
  /** Text of EXPLAIN ANALYZE. */
  readonly plan: string;
}

/** A query that was sent. */
export interface SentQuery {
  readonly sql: string;
  readonly parameters: unknown[];
}

const EXPLAINABLE = /^\s*(select|with)\b/i;

/** Returns the queries that `work` sends through the data source and that read `table`, each with its plan for the same parameters. */
export async function explainedQueries(dataSource: DataSource, table: string, work: () => Promise<unknown>): Promise<ExplainedQuery[]> {
  const sent = await sentQueries(dataSource, work);
  const explained: ExplainedQuery[] = [];
  for (const { sql, parameters } of sent.filter(({ sql: text }) => EXPLAINABLE.test(text))) {
    const rows = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN (ANALYZE, BUFFERS OFF) ${sql}`, parameters);
    explained.push({ sql, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
  }
  return explained.filter(({ plan }) => new RegExp(`\\bon ${table}\\b`).test(plan));
}

/** Returns every query that core sends while `work` runs, prepared ones too. */
export async function sentQueries(dataSource: DataSource, work: () => Promise<unknown>): Promise<SentQuery[]> {
  const sent: SentQuery[] = [];
  const before = dataSource.logger;
  const ignore = (): void => undefined;
  const collecting: Logger = {
    logQuery: (sql, parameters = []) => void sent.push({ sql, parameters: [...(parameters as unknown[])] }),
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
  dataSource.logger = collecting;
  try {
    await work();
  } finally {
    dataSource.logger = before;
  }
  return sent;
}
