import type { ShownPool } from '@sallyport/telemetry';
import type { AppError } from '@sallyport/errors';
import type { Command } from './command.js';

/** End of a page. Commands are listed by time and, within one millisecond, by id, both descending. */
export interface Position {
  readonly timestamp: Date;
  readonly id: string;
}

/** Conditions of a search; an absent one does not narrow it down. */
export interface CommandQuery {
  readonly orgId: string;
  /** Terms that all occur in input or output, or a part of the input; see search-text.ts. */
  readonly search?: string | undefined;
  /** User name or id. */
  readonly user?: string | undefined;
  /** Asset name or id. */
  readonly asset?: string | undefined;
  readonly account?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly riskLevel?: Command['riskLevel'] | undefined;
  readonly kind?: Command['kind'] | undefined;
  readonly certainty?: Command['certainty'];
  /** First time, inclusive. */
  readonly dateFrom?: Date | undefined;
  /** Last time, exclusive. */
  readonly dateTo?: Date | undefined;
  /** Rows to return. */
  readonly limit: number;
  /** Rows to skip; 0 if `after` is set. */
  readonly offset: number;
  /** End of the page before. */
  readonly after?: Position | undefined;
}

/** A page, newest first. */
export interface FoundCommands {
  readonly commands: readonly Command[];
  /** Rows under the conditions on all pages, up to COUNT_LIMIT. */
  readonly count: number;
  readonly isCountLowerBound: boolean;
  /** Beginning of the next page; absent at the end. */
  readonly next: Position | undefined;
}

/** Rows are counted up to this number. */
export const COUNT_LIMIT = 10_000;
/** Deepest offset and largest page. */
export const MAX_OFFSET = 10_000;
export const MAX_LIMIT = 1_000;

/** Stores commands and finds them. Throws StoreUnavailable while it cannot be reached. */
export interface CommandStore {
  /** Address for logs, without secrets. */
  readonly location: string;
  /** Creates or updates the schema; returns the names of the steps that it ran. Safe to repeat. */
  migrate(): Promise<string[]>;
  /** Checks that the schema is of this version. Throws SchemaBehind if `migrate` has to run first. */
  prepare(): Promise<void>;
  /**
   * Stores commands durably; known ids stay as they are. Every command is stored except those in the result, by command id.
   * An error of kind `invalid` is final; a command with one of kind `unavailable` may be stored later.
   */
  add(commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>>;
  find(query: CommandQuery): Promise<FoundCommands>;
  /** Resolves if the store works; rejects with the problem. */
  check(): Promise<void>;
  close(): Promise<void>;
  /** Pools of database connections, if there are any. */
  readonly pools?: Readonly<Record<string, ShownPool>>;
}
