import { z } from 'zod';

/** An id: UUID in lower case. */
export const Id = z.uuid('must be a UUID').toLowerCase().describe('UUID');

/** A time, ISO 8601 with offset. */
export const DateTime = z.iso.datetime({ offset: true, message: 'must be a time like 2026-03-01T10:00:00Z' });

/** A name that people give things. */
export const Name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters')
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must not hold control characters');

/** Free text beside a thing. */
export const Comment = z.string().max(1024, 'must have at most 1024 characters').describe('Free text');

/** `true` or `false` in a query. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
