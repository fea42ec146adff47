import { AppError } from '@sallyport/errors';
import type { z } from 'zod';

/** A peer sent a request that its contract does not allow: a bug of the peer, not of a person. */
export class RequestOutOfBounds extends AppError {
  readonly code = 'REQUEST_OUT_OF_BOUNDS';
  readonly kind = 'invalid';
}

/** Returns the request as its schema has it. Throws RequestOutOfBounds, which names the fields and never quotes their values. */
export function parseRequest<T>(schema: z.ZodType<T>, request: unknown): T {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw new RequestOutOfBounds(
    `The request is out of bounds: ${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
  );
}
