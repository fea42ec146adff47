import { AppError } from '@sallyport/errors';
import type { z } from 'zod';

/** A peer sent what it never should: a mistake of ours, not of a person. */
export class RequestOutOfBounds extends AppError {
  readonly code = 'REQUEST_OUT_OF_BOUNDS';
  readonly kind = 'invalid';
}

/** The request, within its bounds. Says which field is out of them, never what it holds. */
export function within<T>(schema: z.ZodType<T>, request: unknown): T {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw new RequestOutOfBounds(
    `The request is out of bounds: ${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
  );
}
