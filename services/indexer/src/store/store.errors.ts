import { AppError } from '@sallyport/errors';

/** The store is unreachable or out of order. */
export class StoreUnavailable extends AppError {
  readonly code = 'COMMAND_STORE_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(location: string, problem: string, cause?: unknown) {
    super(
      `The command store (${location}) can't be used now: ${problem}. No command is lost; try again later.`,
      { store: location },
      { cause },
    );
  }
}

/** A search that took too long. */
export class SearchTooSlow extends AppError {
  readonly code = 'COMMAND_SEARCH_TOO_SLOW';
  readonly kind = 'unavailable';
  constructor(seconds: number, cause?: unknown) {
    super(`The search took longer than ${seconds} s and was stopped: narrow it down by dates, user or asset.`, { seconds }, { cause });
  }
}

/** `migrate` has to run first. */
export class SchemaBehind extends AppError {
  readonly code = 'COMMAND_SCHEMA_BEHIND';
  readonly kind = 'unavailable';
  constructor(missing: readonly string[]) {
    super(`The schema cmdlog is behind this version; run "main.js migrate" first. Missing: ${missing.join(', ')}`, {
      missing: missing.join(','),
    });
  }
}

/** The schema is missing and this role may not create it. */
export class SchemaNotAllowed extends AppError {
  readonly code = 'COMMAND_SCHEMA_NOT_ALLOWED';
  readonly kind = 'forbidden';
}

/** A command that the store will never accept. */
export class CommandRefused extends AppError {
  readonly code = 'COMMAND_REFUSED';
  readonly kind = 'invalid';
  constructor(id: string, problem: string, cause?: unknown) {
    super(`The store refuses command ${id}: ${problem}`, { id }, { cause });
  }
}

/** A search in a store that keeps nothing. */
export class CommandsNotKept extends AppError {
  readonly code = 'COMMANDS_NOT_KEPT';
  readonly kind = 'not_found';
  constructor() {
    super('This installation keeps no commands (INDEXER_STORE=null), so there is nothing to search. Recordings still have them.');
  }
}
