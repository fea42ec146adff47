import { createHash } from 'node:crypto';
import type { ChainRow, RowSource } from '@sallyport/crypto';
import { fileLines } from '../file-lines.js';

const HASH = /^[0-9a-f]{64}$/;
/** Place of the event's time among the fields of its line. */
const TIME_FIELD = 15;

/** An export of the audit chain (GET /api/v1/audits/events/export), read once from its begin. */
export class AuditExport implements RowSource {
  /** Lines that are not events, one text each. */
  readonly problems: string[] = [];
  events = 0;
  /** Events of other organizations, of which the export has the hashes alone. */
  withheld = 0;
  firstTime: string | undefined;
  lastTime: string | undefined;
  private end: string | undefined;
  private last = 0n;
  private line = 0;
  private readonly lines: AsyncIterator<Buffer>;

  constructor(file: string) {
    this.lines = fileLines(file, 'an export of the audit chain');
  }

  async next(): Promise<ChainRow | undefined> {
    for (let line = await this.lines.next(); !line.done; line = await this.lines.next()) {
      this.line++;
      const row = this.read(line.value);
      if (row === undefined) continue;
      this.last = row.seq;
      return row;
    }
    return undefined;
  }

  /** Returns the problems of the file itself, after its last line was read. */
  finish(): string[] {
    if (this.end === undefined) return [...this.problems, 'the export is incomplete: its last line is missing; download it again'];
    if (this.end === this.last.toString()) return this.problems;
    return [...this.problems, `the export's last line names event ${this.end}, though its last event is ${this.last}`];
  }

  private read(line: Buffer): ChainRow | undefined {
    const fields = parse(line);
    if (this.end !== undefined) this.problems.push(`line ${this.line} stands behind the end of the export`);
    if (Array.isArray(fields)) return this.event(fields, line);
    const { withheld, end } = (fields ?? {}) as { withheld?: Record<string, unknown>; end?: unknown };
    if (typeof end === 'string') this.end = end;
    else if (withheld) return this.hashesOnly(withheld);
    else this.problems.push(`line ${this.line} is not an audit event`);
    return undefined;
  }

  private event(fields: readonly unknown[], line: Buffer): ChainRow | undefined {
    const [seq, prevHash] = fields;
    const hash = createHash('sha256').update(line).digest('hex');
    const row = toRow(seq, prevHash, hash, hash);
    if (row === undefined) this.problems.push(`line ${this.line} is not an audit event`);
    else this.events++;
    const time = fields[TIME_FIELD];
    if (typeof time === 'string') {
      this.firstTime ??= time;
      this.lastTime = time;
    }
    return row;
  }

  private hashesOnly({ seq, prev_hash: prevHash, hash }: Record<string, unknown>): ChainRow | undefined {
    const row = toRow(seq, prevHash, hash, undefined);
    if (row === undefined) this.problems.push(`line ${this.line} is not an audit event`);
    else this.withheld++;
    return row;
  }
}

function toRow(seq: unknown, prevHash: unknown, hash: unknown, ownHash: string | undefined): ChainRow | undefined {
  if (typeof seq !== 'string' || !/^\d{1,18}$/.test(seq) || !isHash(prevHash) || !isHash(hash)) return undefined;
  return { seq: BigInt(seq), prevHash, hash, ownHash };
}

const isHash = (value: unknown): value is string => typeof value === 'string' && HASH.test(value);

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
