import { errors } from '@elastic/elasticsearch';
import { AppError } from '@sallyport/errors';
import { SearchTooSlow, StoreUnavailable } from '../store.errors.js';

/** Returns the error for callers of a failed request: Elasticsearch is unavailable, for whatever reason. It contains no address with a password. */
export function elasticsearchProblem(error: unknown, location: string): AppError {
  if (error instanceof AppError) return error;
  return new StoreUnavailable(location, describe(error), error);
}

/** Returns the error of a failed search, which may also have taken too long. */
export function searchProblem(error: unknown, location: string, timeoutSeconds: number): AppError {
  return error instanceof errors.TimeoutError ? new SearchTooSlow(timeoutSeconds, error) : elasticsearchProblem(error, location);
}

function describe(error: unknown): string {
  if (error instanceof errors.ResponseError) return describeAnswer(error);
  if (error instanceof errors.ProductNotSupportedError) return 'what answers there is not Elasticsearch';
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

function describeAnswer(error: InstanceType<typeof errors.ResponseError>): string {
  const status = error.statusCode ?? 0;
  if (status === 401 || status === 403) return `it refuses our user or password (status ${status})`;
  const body = error.body as { error?: { type?: string; reason?: string } } | undefined;
  return `it answered ${status}${body?.error?.type ? `, ${body.error.type}: ${body.error.reason ?? ''}` : ''}`;
}
