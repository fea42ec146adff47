import type { Logger } from '@sallyport/telemetry';
import { Client, Pool, type ClientConfig } from 'pg';
import { COUNT_LIMIT, type CommandQuery, type CommandStore, type FoundCommands } from '../command-store.js';
import type { Command } from '../command.js';
import { commandFromRow, type CommandRow } from './command-columns.js';
import { insertCommands } from './insert-commands.js';
import { postgresProblem } from './postgres-problem.js';
import { checkSchema, migrateSchema } from './schema.js';
import { countSql, pageSql } from './search-sql.js';

const SEARCH_TIMEOUT_S = 10;
const WRITE_TIMEOUT_S = 60;
const SEARCHES_AT_ONCE = 8;
const WRITES_AT_ONCE = 2;

/** Commands in PostgreSQL, in the schema cmdlog. Searches and writes use separate connections, so neither waits for the other. */
export class PostgresStore implements CommandStore {
  readonly location: string;
  readonly #url: string;
  readonly #ownerUrl: string | undefined;
  readonly #searches: Pool;
  readonly #writes: Pool;
  #isPrepared = false;

  constructor({ url, ownerUrl, logger }: { url: string; ownerUrl?: string | undefined; logger: Logger }) {
    const { host, pathname } = new URL(url);
    this.#url = url;
    this.#ownerUrl = ownerUrl;
    this.location = `PostgreSQL ${host}${pathname}`;
    this.#searches = openPool(url, logger, { max: SEARCHES_AT_ONCE, timeoutSeconds: SEARCH_TIMEOUT_S });
    this.#writes = openPool(url, logger, { max: WRITES_AT_ONCE, timeoutSeconds: WRITE_TIMEOUT_S });
  }

  get pools(): Readonly<Record<string, Pool>> {
    return { searches: this.#searches, writes: this.#writes };
  }

  /** Migrates as the schema's owner, if there is one beside the role of the running indexer, which gets its rights. */
  migrate(): Promise<string[]> {
    const owner = this.#ownerUrl;
    const serviceRole = owner === undefined ? undefined : decodeURIComponent(new URL(this.#url).username);
    return this.#run(() => migrateSchema(new Client(connection(owner ?? this.#url)), serviceRole));
  }

  async prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.#run(() => checkSchema(this.#writes));
    this.#isPrepared = true;
  }

  async add(commands: readonly Command[]): ReturnType<CommandStore['add']> {
    await this.prepare();
    return this.#run(() => insertCommands(this.#writes, commands));
  }

  find(query: CommandQuery): Promise<FoundCommands> {
    const page = pageSql(query);
    const all = countSql(query);
    return this.#run(async () => {
      const [{ rows }, counted] = await Promise.all([
        this.#searches.query<CommandRow>(page.text, [...page.values]),
        this.#searches.query<{ count: number }>(all.text, [...all.values]),
      ]);
      const commands = rows.slice(0, query.limit).map(commandFromRow);
      const count = agreeWithPage(query, rows.length, counted.rows[0]?.count ?? 0);
      return {
        commands,
        count: Math.min(count, COUNT_LIMIT),
        isCountLowerBound: count > COUNT_LIMIT,
        next: rows.length > query.limit ? commands.at(-1) : undefined,
      };
    });
  }

  async check(): Promise<void> {
    await this.prepare();
    await this.#run(() => this.#searches.query('SELECT 1'));
  }

  async close(): Promise<void> {
    await Promise.all([this.#searches.end(), this.#writes.end()]);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw postgresProblem(error, this.location, SEARCH_TIMEOUT_S);
    }
  }
}

const connection = (url: string): ClientConfig => ({
  connectionString: url,
  application_name: 'sallyport-indexer',
  options: '-c search_path=cmdlog,public',
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
});

function openPool(url: string, logger: Logger, { max, timeoutSeconds }: { max: number; timeoutSeconds: number }): Pool {
  // A server that hangs never reports a statement timeout, so the client has its own.
  const pool = new Pool({
    ...connection(url),
    max,
    statement_timeout: timeoutSeconds * 1_000,
    query_timeout: (timeoutSeconds + 5) * 1_000,
  });
  pool.on('error', (error) => logger.warn({ problem: error.message }, 'an idle database connection broke'));
  return pool;
}

/** Corrects the count by the page. Both are read from a growing log, and a page at the end of the list shows the exact count. */
export function agreeWithPage({ limit, offset, after }: CommandQuery, rows: number, count: number): number {
  if (after !== undefined) return Math.max(count, rows);
  if (rows === 0) return Math.min(count, offset);
  return rows <= limit ? offset + rows : Math.max(count, offset + rows);
}
