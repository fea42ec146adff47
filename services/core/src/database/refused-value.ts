import { QueryFailedError } from 'typeorm';

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const REFUSED_STATE = /^2[23]/;

/** Whether PostgreSQL refuses what was to be kept: asking again with the same would fail again. */
export const isRefusedValue = (error: unknown): boolean =>
  error instanceof QueryFailedError && REFUSED_STATE.test(String((error.driverError as { code?: unknown }).code));
