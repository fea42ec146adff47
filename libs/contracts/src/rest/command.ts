import { z } from 'zod';
import { DateTime, Id } from './field.js';
import { MAX_LIMIT } from './page.js';
import { isPeriod, NOT_A_PERIOD } from './period.js';
import { wholeNumber } from './query-number.js';
import { Filter, text } from './text.js';

export const RiskLevel = z.enum(['accept', 'warning', 'reject']);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const CommandKind = z.enum(['typed', 'exec', 'file', 'piped', 'program']);

const CommandCertainty = z.enum(['seen', 'piped', 'inferred', 'missed']);

export const CommandView = z
  .object({
    id: Id,
    session: Id,
    seq: z.number().int().describe('Number of its frame in the replay'),
    channel: z.number().int(),
    kind: CommandKind.describe(
      'typed: a command line typed at a terminal. exec: sent as a request. file: a file operation. piped: read from input without a terminal, or with one ' +
        'that never echoes. program: typed at a terminal for a program that is not a shell, see program',
    ),
    program: z
      .string()
      .nullable()
      .describe(
        'Of kind program, the name of the program that read the line: of the command that was started last. Null: another kind, or unknown',
      ),
    user: z.string(),
    user_id: Id,
    asset: z.string(),
    asset_id: Id,
    account: z.string(),
    org: Id,
    input: z.string(),
    output: z
      .string()
      .describe(
        'Beginning of the output, at most 16 KiB. Of a file operation, its outcome, bytes and SHA-256; those of rsync and git are of the wire, not of the file',
      ),
    output_truncated: z
      .boolean()
      .nullable()
      .describe('True: the output is longer than this field; the replay has all of it. Null: unknown'),
    output_bytes: z.number().int().nullable().describe('Bytes of the whole output; null: unknown'),
    certainty: CommandCertainty.nullable().describe(
      'seen: stood on the screen and was sent, or an exec request. piped: a program could read it. inferred: stood on the screen, but its text may be incomplete, ' +
        'or it may not have run. missed: not a command, but a span in which commands were not looked for. Null: a file operation, or unknown',
    ),
    timestamp: DateTime,
    offset_seconds: z
      .number()
      .nullable()
      .describe('Time within the session: from_seconds of its replay, together with channel. Null: the session is unknown'),
    risk_level: RiskLevel,
  })
  .meta({ id: 'Command' });
export type CommandView = z.infer<typeof CommandView>;

/** Deepest offset of a command search; deeper pages are reached by cursor. */
export const MAX_COMMAND_OFFSET = 10_000;

export const CommandListQuery = z
  .strictObject({
    limit: wholeNumber((it) => it.min(1).max(MAX_LIMIT))
      .default(50)
      .describe('Rows to return'),
    offset: wholeNumber((it) => it.min(0).max(MAX_COMMAND_OFFSET))
      .default(0)
      .describe('Rows to skip'),
    cursor: text('filter', 1024).optional().describe('Cursor of the page before; excludes offset'),
    search: Filter.default('').describe('Terms that all occur, or a part of the input'),
    user: Filter.optional().describe('User name or id'),
    asset: Filter.optional().describe('Asset name or id'),
    account: Filter.optional(),
    session: Id.optional(),
    risk_level: RiskLevel.optional(),
    kind: CommandKind.optional().describe('How it reached the asset'),
    certainty: CommandCertainty.optional().describe('How sure the line is'),
    date_from: DateTime.optional(),
    date_to: DateTime.optional(),
  })
  .refine((it) => it.cursor === undefined || it.offset === 0, { path: ['cursor'], error: 'excludes offset' })
  .refine(isPeriod, NOT_A_PERIOD);
export type CommandListQuery = z.infer<typeof CommandListQuery>;

export const CommandPage = z
  .object({
    count: z.number().int(),
    count_is_lower_bound: z.boolean().describe('True: there are more rows than count says'),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(CommandView),
  })
  .meta({ id: 'CommandPage' });
export type CommandPage = z.infer<typeof CommandPage>;
