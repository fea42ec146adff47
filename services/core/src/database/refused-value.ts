import { QueryFailedError } from 'typeorm';

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const REFUSED_STATE = /^2[23]/;

/** Returns true if PostgreSQL refuses the values of a statement: a second try would fail too. */
export const isRefusedValue = (error: unknown): boolean =>
  error instanceof QueryFailedError && REFUSED_STATE.test(String((error.driverError as { code?: unknown }).code));
