import { z } from 'zod';
import { DateTime, Id } from './field.js';
import { listQuery } from './page.js';
import { isPeriod, NOT_A_PERIOD } from './period.js';
import { decimalNumber, wholeNumber } from './query-number.js';
import { Filter, text } from './text.js';

export const SessionState = z.enum(['active', 'finished', 'terminated', 'failed', 'lost']);
export type SessionState = z.infer<typeof SessionState>;

export const SessionEndReason = z.enum([
  'finished',
  'terminated',
  'idle',
  'max_duration',
  'unrecordable',
  'dial_failed',
  'host_key_changed',
  'drained',
  'lost',
  'revoked',
  'sign_in_revoked',
  'user_disabled',
  'user_expired',
  'user_deleted',
  'asset_disabled',
  'asset_deleted',
  'account_disabled',
  'account_deleted',
  'permission_removed',
  'permission_disabled',
  'permission_expired',
  'asset_unresponsive',
  'asset_lost',
  'client_lost',
]);

export const SessionView = z
  .object({
    id: Id,
    state: SessionState,
    end_reason: SessionEndReason.nullable(),
    ended_by: z.string().nullable().describe('Name of the administrator that terminated it, or asked for that; null for any other end'),
    user: z.string().describe('User name, as it was then'),
    user_id: Id,
    asset: z.string().describe('Asset name, as it was then'),
    asset_id: Id,
    address: z.string(),
    port: z.number().int(),
    account: z.string().describe('Login name on the asset'),
    account_id: Id,
    permission: Id.describe('The permission that allowed it'),
    protocol: z.string(),
    remote_addr: z.string().describe('Address of the client'),
    client: z.string().describe('What the client calls itself'),
    gateway: z.string().describe('Id of the gateway process'),
    recording_mode: z.enum(['strict', 'best_effort']),
    date_start: DateTime,
    date_end: DateTime.nullable(),
    date_expires: DateTime.nullable().describe('Ends then at the latest'),
    duration_seconds: z.number().nullable().describe('Null while it is active'),
    host_key: z
      .string()
      .nullable()
      .describe('"SHA256:…" of the key the asset proved, or had to prove where the dial failed before; null: it proved none'),
    is_termination_asked: z.boolean(),
    detail: z.string(),
    org: Id,
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof SessionView>;

export const SessionListQuery = z
  .strictObject({
    ...listQuery(['date_start', 'date_end', 'user', 'asset', 'account'], '-date_start'),
    state: SessionState.optional(),
    user: Filter.optional().describe('User name or id'),
    asset: Filter.optional().describe('Asset name or id'),
    account: Filter.optional(),
    remote_addr: Filter.optional(),
    date_from: DateTime.optional().describe('Begun then or later'),
    date_to: DateTime.optional().describe('Begun before'),
  })
  .refine(isPeriod, NOT_A_PERIOD);
export type SessionListQuery = z.infer<typeof SessionListQuery>;

const SessionChannelView = z.object({
  channel: z.number().int().describe('Number that `channel` of the replay and of a command means'),
  kind: z.string().describe('For instance shell, exec or sftp'),
  command: z.string().describe('Command line or name of the subsystem; empty for a shell'),
  opened_seconds: z.number().describe('Time since the session began'),
  output_bytes: z.number().int().nullable().describe('Bytes that it printed. Null: the recording is too large to count'),
  commands: z.number().int().nullable().describe('Commands of the command search. Null: as above'),
  files: z.number().int().nullable().describe('File operations. Null: as above'),
});
export type SessionChannelView = z.infer<typeof SessionChannelView>;

export const SessionChannels = z.object({ count: z.number().int(), results: z.array(SessionChannelView) }).meta({ id: 'SessionChannels' });
export type SessionChannels = z.infer<typeof SessionChannels>;

export const TerminateRequest = z
  .strictObject({ message: text('comment', 256).default('').describe('Shown to the user') })
  .meta({ id: 'TerminateRequest' });
export type TerminateRequest = z.infer<typeof TerminateRequest>;

export const ReplayFormat = z.enum(['native', 'asciicast', 'bundle']);

const Seconds = decimalNumber((it) => it.min(0).max(31_536_000));

export const ReplayQuery = z.strictObject({
  format: ReplayFormat.default('native').describe(
    'native: frames as recorded; asciicast: version 2, of one channel; bundle: tar with the signed manifest',
  ),
  from_seconds: Seconds.optional().describe('From this time of the session on. asciicast: what was shown before is shown at once'),
  to_seconds: Seconds.optional().describe('Up to this time of the session'),
  channel: wholeNumber((it) => it.min(0).max(65_535))
    .default(0)
    .describe('For asciicast; 0: the first with a terminal, else the first'),
  markers: z
    .enum(['commands', 'none'])
    .default('commands')
    .describe('For asciicast: a marker at each command and file operation, or none, which is faster for a large recording'),
});
export type ReplayQuery = z.infer<typeof ReplayQuery>;
