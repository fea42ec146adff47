import { z } from 'zod';
import { DateTime, Id } from './field.js';
import { AuditType } from './audit-type.js';
import { listQuery } from './page.js';
import { isPeriod, NOT_A_PERIOD } from './period.js';
import { wholeNumber } from './query-number.js';
import { Filter } from './text.js';

const Outcome = z.enum(['success', 'refused']);

export const AuditEventView = z
  .object({
    id: Id,
    seq: z.number().int().nullable().describe('Place in the chain, from 1, no holes; null for a moment after the event was written'),
    type: z.string().describe('noun.past-tense, e.g. user.signed-in'),
    outcome: Outcome,
    actor: z.object({
      kind: z.enum(['user', 'service', 'system']),
      id: z.string().nullable(),
      name: z.string(),
      source_ip: z.string().nullable(),
    }),
    resource: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
    facts: z
      .record(z.string(), z.json())
      .describe(
        'Facts by name. `changes` of a change has { from, to } per field that differs, or { added, removed, …_count } for a list of more than 500; a secret is masked',
      ),
    request_id: z.string(),
    org: Id,
    date_created: DateTime,
    prev_hash: z.string().nullable().describe('Hash of the event before, hex; null without a place'),
    hash: z.string().nullable().describe('SHA-256 over this event and prev_hash, hex; null without a place'),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventView = z.infer<typeof AuditEventView>;

export const AuditEventListQuery = z
  .strictObject({
    ...listQuery(['seq', 'date_created'], '-seq'),
    type: AuditType.optional(),
    outcome: Outcome.optional(),
    user: Filter.optional().describe('Name or id of the actor'),
    source_ip: Filter.optional(),
    resource: Filter.optional().describe('Id of what it is about'),
    date_from: DateTime.optional(),
    date_to: DateTime.optional(),
  })
  .refine(isPeriod, NOT_A_PERIOD);
export type AuditEventListQuery = z.infer<typeof AuditEventListQuery>;

export const AuditChainQuery = z.strictObject({
  from_anchor: wholeNumber((it) => it.min(1))
    .optional()
    .describe('Number of the anchor to start at: what it proves is not looked at again. Absent: everything is checked'),
});
export type AuditChainQuery = z.infer<typeof AuditChainQuery>;

const Anchor = z.object({
  number: z.number().int().describe('Place among the anchors, from 1'),
  seq: z.number().int().describe('The event that it names'),
  time: DateTime,
});

export const AuditChainView = z
  .object({
    is_intact: z.boolean().describe('No problem was found, and the anchors could be read'),
    is_anchored: z.boolean().describe('Anchors outside the database prove the events up to that of newest_anchor'),
    checked: z.number().int().describe('Place of the last event that was looked at and fits'),
    broken_at: z.number().int().nullable().describe('Place of the first event that does not fit; null where an anchor does not'),
    problem: z.string().nullable(),
    anchor_count: z.number().int().describe('Anchors that were verified'),
    oldest_anchor: Anchor.nullable(),
    newest_anchor: Anchor.nullable().describe('The newest anchor whose event is in the chain'),
  })
  .meta({ id: 'AuditChain' });
export type AuditChainView = z.infer<typeof AuditChainView>;
