import { QueryFailedError } from 'typeorm';

/** Returns the id that a failed statement referred to and that no row has (SQLSTATE 23503); undefined for any other failure. */
export function missingReference(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, detail } = error.driverError as { code?: unknown; detail?: unknown };
  return code === '23503' && typeof detail === 'string' ? /\)=\(([^)]+)\) is not present/.exec(detail)?.[1] : undefined;
}
