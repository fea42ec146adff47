import { AppError } from '@sallyport/errors';
import { DatabaseError } from 'pg';
import { SearchTooSlow, StoreUnavailable } from '../store.errors.js';

/** SQLSTATE classes about the values: data exception (also an untranslatable character), integrity constraint violation, program limit exceeded. */
const ABOUT_THE_DATA = /^(22...|23...|54...)$/;
const QUERY_CANCELED = '57014';

/** Returns true if a statement failed for its values: it would fail again. */
export function isAboutTheData(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && ABOUT_THE_DATA.test(error.code ?? '');
}

/** Returns the error for callers of a failed statement. An error of an unknown type means that the database is unavailable. */
export function postgresProblem(error: unknown, location: string, timeoutSeconds: number): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DatabaseError && error.code === QUERY_CANCELED) return new SearchTooSlow(timeoutSeconds, error);
  return new StoreUnavailable(location, error instanceof Error ? error.message || error.name : String(error), error);
}
