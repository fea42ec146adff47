import { z } from 'zod';

/** An id: UUID in lower case. */
export const Id = z.uuid('must be a UUID').toLowerCase().describe('UUID');

/** A time, ISO 8601 with offset. */
export const DateTime = z.iso.datetime({ offset: true, message: 'must be a time like 2026-03-01T10:00:00Z' });

/**
 * Text without invisible characters: control and format characters, those that turn the direction of text (U+202A to U+202E, U+2066 to U+2069),
 * joiners and fillers. With them two different names look alike.
 */
export const SEEN = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]*$/u;
export const SEEN_WORDS = 'must not hold control characters or invisible ones, such as those that turn the direction of text (U+202E)';

/** Display name of a row. */
export const Name = z.string().trim().min(1, 'must not be empty').max(128, 'must have at most 128 characters').regex(SEEN, SEEN_WORDS);

/** Free text beside a row. */
export const Comment = z
  .string()
  .max(1024, 'must have at most 1024 characters')
  .regex(/^\P{Cs}*$/u, 'must not hold half of a surrogate pair')
  .describe('Free text');

/** `true` or `false` in a query. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
