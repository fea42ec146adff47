import type { AppError } from '@sallyport/errors';
import type { Command } from './command.js';

/** Where a page ended: commands are listed by time and, within one millisecond, by id, both falling. */
export interface Position {
  readonly timestamp: Date;
  readonly id: string;
}

/** What is looked for; an absent condition does not narrow down. */
export interface CommandQuery {
  readonly orgId: string;
  /** Words that all occur in input or output, or a part of the input; see search-text.ts. */
  readonly search?: string | undefined;
  /** User name or id. */
  readonly user?: string | undefined;
  /** Asset name or id. */
  readonly asset?: string | undefined;
  readonly account?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly riskLevel?: Command['riskLevel'] | undefined;
  /** From this time on. */
  readonly dateFrom?: Date | undefined;
  /** Before this time. */
  readonly dateTo?: Date | undefined;
  /** Rows to give. */
  readonly limit: number;
  /** Rows to pass over; 0 where `after` is given. */
  readonly offset: number;
  /** End of the page before. */
  readonly after?: Position | undefined;
}

/** A page, newest first. */
export interface FoundCommands {
  readonly commands: readonly Command[];
  /** Rows under the conditions, whatever the page, up to COUNT_LIMIT. */
  readonly count: number;
  readonly isCountLowerBound: boolean;
  /** Where the next page begins; absent at the end. */
  readonly next: Position | undefined;
}

/** Rows are counted up to here. */
export const COUNT_LIMIT = 10_000;
/** Deepest offset and largest page. */
export const MAX_OFFSET = 10_000;
export const MAX_LIMIT = 1_000;

/** Keeps commands and finds them. Throws StoreUnavailable while it can't be reached. */
export interface CommandStore {
  /** Where it is, for logs; no secret. */
  readonly location: string;
  /** Makes or brings up to date what it keeps commands in; gives the names of the steps done. Safe to repeat. */
  migrate(): Promise<string[]>;
  /** Makes sure that commands can be kept as this version does. Throws SchemaBehind when `migrate` has to run first. */
  prepare(): Promise<void>;
  /**
   * Keeps commands for good; known ids are left as they are. When it resolves every command is kept but those in the answer, by
   * command id: kind `invalid` can never be kept, kind `unavailable` may be later.
   */
  add(commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>>;
  find(query: CommandQuery): Promise<FoundCommands>;
  /** Resolves when it is well; rejects with what is wrong. */
  check(): Promise<void>;
  close(): Promise<void>;
}
