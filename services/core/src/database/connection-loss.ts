import { AppError } from '@sallyport/errors';
import { QueryFailedError } from 'typeorm';

/** PostgreSQL can't be reached, or went away in the middle: nothing is known to be wrong with the request. */
export class DatabaseAway extends AppError {
  readonly code = 'DATABASE_AWAY';
  readonly kind = 'unavailable';
}

/** Errors of the network and of a pool that gets no connection. */
const LOST = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|Connection terminated|timeout exceeded when trying to connect/;

/** SQLSTATE classes: connection exception, too many connections, server shutting down or starting. */
const LOST_STATE = /^(08...|53300|57P0[123])$/;

/** Returns DatabaseAway for a lost connection, and any other error unchanged. */
export function namingConnectionLoss(error: unknown): unknown {
  return isConnectionLoss(error)
    ? new DatabaseAway('The database can’t be reached just now: try again in a moment', {}, { cause: error })
    : error;
}

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  const { code, message } = (error instanceof QueryFailedError ? error.driverError : error) as Error & { code?: unknown };
  return LOST.test(message) || (typeof code === 'string' && (LOST_STATE.test(code) || LOST.test(code)));
}
