import { AppError } from '@sallyport/errors';
import { CommandCertainty, CommandKind, RiskLevel, type CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { z } from 'zod';
import type { Command } from '../store/index.js';

/** A recorded command that no store can keep. */
export class CommandInvalid extends AppError {
  readonly code = 'COMMAND_INVALID';
  readonly kind = 'invalid';
}

/** Ids and names, which are searched for exactly. Only the fields that identify a command are required. */
const name = z.string().max(512).transform(withoutNul);
const neededName = z.string().min(1, 'is empty').max(512).transform(withoutNul);
/** Largest number that the stores can hold. */
const MAX_INT8 = 2n ** 63n - 1n;

/** The rule of each field. */
const RULES = {
  id: z.uuid().toLowerCase(),
  sessionId: neededName,
  seq: z.bigint().max(MAX_INT8),
  orgId: neededName,
  userId: name,
  username: name,
  assetId: name,
  assetName: name,
  account: name,
  channel: z.int(),
  kind: z.enum(CommandKind).exclude(['UNSPECIFIED'], 'is not set'),
  input: z.string().transform(withoutNul),
  output: z.string().transform(withoutNul),
  outputTruncated: z.boolean().optional(),
  outputBytes: z.bigint().max(MAX_INT8).optional(),
  certainty: z.enum(CommandCertainty).exclude(['UNSPECIFIED'], 'is not set').optional(),
  program: name.optional(),
  riskLevel: z.enum(RiskLevel).exclude(['UNSPECIFIED'], 'is not set'),
  // Elasticsearch has an index per month: a wrong clock must not create thousands.
  timestamp: z.date().min(new Date('2000-01-01T00:00:00Z')).max(new Date('2100-01-01T00:00:00Z')),
} satisfies Record<keyof CommandRecorded, z.ZodType>;

const recorded = z.object(RULES);

/** Returns the command of an event. Throws CommandInvalid, which names the wrong fields but quotes no input. */
export function commandFromEvent(event: CommandRecorded): Command {
  const parsed = recorded.safeParse(event);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new CommandInvalid(`Recorded command "${event.id.slice(0, 64)}" can't be kept: ${problems}`, { id: event.id.slice(0, 64) });
}

/** Replaces NUL, which PostgreSQL's text cannot contain, by its symbol. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '␀');
}
