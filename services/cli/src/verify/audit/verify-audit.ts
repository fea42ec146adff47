import { type AnchorFile, AuditChainCheck, type SignedAnchor } from '@sallyport/crypto';
import type { NamedKey } from '../named-keys.js';
import { AuditExport } from './read-export.js';

/** Most problems that are printed. */
const MAX_PROBLEMS = 20;

/** Result of a check of an export. */
export interface AuditFindings {
  readonly lines: readonly string[];
  /** 0: proven. 1: something is wrong. */
  readonly code: 0 | 1;
}

/** Checks an export of the audit chain against anchors. Throws CannotVerify if one of them can't be read. */
export async function verifyAudit(file: string, anchors: AsyncIterable<AnchorFile>, keys: readonly NamedKey[]): Promise<AuditFindings> {
  const events = new AuditExport(file);
  const check = new AuditChainCheck({ publicKeys: keys.map(({ pem }) => pem), rows: () => events });
  const problems: string[] = [];
  for await (const { text } of check.withAnchors(anchors)) problems.push(text);
  for await (const { text } of check.rest()) problems.push(text);
  problems.push(...events.finish());
  if (check.proven === undefined && problems.length === 0) problems.push('no anchor proves an event of the export');
  const isProven = problems.length === 0;
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `       - ${problem}`);
  const more = problems.length > MAX_PROBLEMS ? [`       - and ${problems.length - MAX_PROBLEMS} more problems`] : [];
  return {
    lines: [
      `${isProven ? 'OK    ' : 'FAILED'} ${file}`,
      `       ${summary(events)}`,
      ...shown,
      ...more,
      ...(isProven ? proof(check, keys) : []),
    ],
    code: isProven ? 0 : 1,
  };
}

function summary({ events, withheld, firstTime, lastTime }: AuditExport): string {
  const others = withheld > 0 ? `, and ${withheld} of other organizations by their hashes alone` : '';
  const times = firstTime === undefined ? '' : `, from ${firstTime} to ${lastTime}`;
  return `${events} events${times}${others}`;
}

function proof({ proven, oldest, anchors, last }: AuditChainCheck, keys: readonly NamedKey[]): string[] {
  if (!proven || !oldest) return [];
  const behind = last.seq - proven.seq;
  return [
    `       proven up to event ${proven.seq} by ${named(proven)}, signed by key ${proven.keyId}${fileOf(proven, keys)}`,
    `       ${anchors} anchors, the first is ${named(oldest)}`,
    ...(behind > 0n
      ? [`       (${behind} events came after the newest anchor: they are chained, and nothing outside the database proves them yet)`]
      : []),
  ];
}

const named = ({ number, time }: SignedAnchor): string => `anchor ${number} of ${time}`;

function fileOf({ keyId }: SignedAnchor, keys: readonly NamedKey[]): string {
  const key = keys.find((each) => each.keyId === keyId);
  return key ? ` of ${key.file}` : '';
}
