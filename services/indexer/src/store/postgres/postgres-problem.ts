import { AppError } from '@sallyport/errors';
import { DatabaseError } from 'pg';
import { SearchTooSlow, StoreUnavailable } from '../store.errors.js';

/** SQLSTATE classes and codes that say that the values are at fault: data exception, constraint violation, program limit exceeded, untranslatable character. */
const ABOUT_THE_DATA = /^(22...|23...|54...)$/;
const QUERY_CANCELED = '57014';

/** Whether a statement failed for its values: it would fail again. */
export function isAboutTheData(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && ABOUT_THE_DATA.test(error.code ?? '');
}

/** What a failed statement means to callers. Everything that is not ours by type means that the database can't be used now. */
export function postgresProblem(error: unknown, location: string, timeoutSeconds: number): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DatabaseError && error.code === QUERY_CANCELED) return new SearchTooSlow(timeoutSeconds, error);
  return new StoreUnavailable(location, error instanceof Error ? error.message || error.name : String(error), error);
}
