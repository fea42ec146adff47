import { AppError } from '@sallyport/errors';
import { CommandCertainty, CommandKind, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import type { SearchRequest } from '@sallyport/proto-gen/command/v1/command_search';
import { z } from 'zod';
import { MAX_LIMIT, MAX_OFFSET, type CommandQuery } from '../store/index.js';
import { decodeCursor } from './cursor.js';

/** A search outside the limits. */
export class SearchInvalid extends AppError {
  readonly code = 'COMMAND_SEARCH_INVALID';
  readonly kind = 'invalid';
}

/** An empty text is not a condition. PostgreSQL accepts no NUL, and no stored text contains one. */
const text = z
  .string()
  .max(256)
  .refine((value) => !value.includes('\0'), 'holds a NUL')
  .transform((value) => value || undefined);

/** Range of years that every store can compare with. */
const date = z.date().min(new Date('0001-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z')).optional();

const bounds = z
  .object({
    search: text,
    orgId: z.string().min(1, 'is needed').max(256),
    user: text,
    asset: text,
    account: text,
    sessionId: text,
    riskLevel: z.enum(RiskLevel).transform((risk) => (risk === RiskLevel.UNSPECIFIED ? undefined : risk)),
    kind: z.enum(CommandKind).transform((kind) => (kind === CommandKind.UNSPECIFIED ? undefined : kind)),
    certainty: z.enum(CommandCertainty).transform((certainty) => (certainty === CommandCertainty.UNSPECIFIED ? undefined : certainty)),
    dateFrom: date,
    dateTo: date,
    limit: z.int().min(1).max(MAX_LIMIT),
    offset: z.int().min(0).max(MAX_OFFSET),
    cursor: z.string().max(1_024),
  })
  .refine(({ cursor, offset }) => cursor === '' || offset === 0, { path: ['offset'], error: 'excludes cursor: leave one of them out' });

/** Returns the query of a request. Throws SearchInvalid with every problem, or CursorInvalid. */
export function queryFromRequest(request: SearchRequest): CommandQuery {
  const parsed = bounds.safeParse(request);
  if (!parsed.success) {
    throw new SearchInvalid(
      `The search can't be done: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  }
  const { cursor, ...query } = parsed.data;
  return { ...query, after: cursor === '' ? undefined : decodeCursor(cursor) };
}
