import type { Command, CommandKind, RiskLevel } from '../command.js';
import { foldedInput, wordsOf } from '../search-text.js';

/** A row as `pg` gives it: bigint columns are text. */
export interface CommandRow {
  readonly id: string;
  readonly session_id: string;
  readonly seq: string;
  readonly org_id: string;
  readonly user_id: string;
  readonly username: string;
  readonly asset_id: string;
  readonly asset_name: string;
  readonly account: string;
  readonly channel: string;
  readonly kind: CommandKind;
  readonly input: string;
  readonly output: string;
  readonly output_truncated: boolean | null;
  readonly output_bytes: string | null;
  readonly risk_level: RiskLevel;
  readonly timestamp: Date;
}

/** What a search reads of each row. */
export const READ_COLUMNS =
  'id, session_id, seq, org_id, user_id, username, asset_id, asset_name, account, channel, kind, input, output, output_truncated, output_bytes, risk_level, "timestamp"';

/** A row as a command. */
export const commandFromRow = (row: CommandRow): Command => ({
  id: row.id,
  sessionId: row.session_id,
  seq: BigInt(row.seq),
  orgId: row.org_id,
  userId: row.user_id,
  username: row.username,
  assetId: row.asset_id,
  assetName: row.asset_name,
  account: row.account,
  channel: Number(row.channel),
  kind: row.kind,
  input: row.input,
  output: row.output,
  outputTruncated: row.output_truncated,
  outputBytes: row.output_bytes === null ? null : BigInt(row.output_bytes),
  riskLevel: row.risk_level,
  timestamp: row.timestamp,
});

interface WrittenColumn {
  readonly name: string;
  readonly type: string;
  readonly value: (command: Command) => string | null;
}

const textOrNull = (value: boolean | bigint | null): string | null => (value === null ? null : String(value));

/** Every column that an insert fills, as text; the server reads it as `type`. */
const WRITTEN: readonly WrittenColumn[] = [
  { name: 'id', type: 'uuid', value: ({ id }) => id },
  { name: 'session_id', type: 'text', value: ({ sessionId }) => sessionId },
  { name: 'seq', type: 'bigint', value: ({ seq }) => String(seq) },
  { name: 'org_id', type: 'text', value: ({ orgId }) => orgId },
  { name: 'user_id', type: 'text', value: ({ userId }) => userId },
  { name: 'username', type: 'text', value: ({ username }) => username },
  { name: 'asset_id', type: 'text', value: ({ assetId }) => assetId },
  { name: 'asset_name', type: 'text', value: ({ assetName }) => assetName },
  { name: 'account', type: 'text', value: ({ account }) => account },
  { name: 'channel', type: 'bigint', value: ({ channel }) => String(channel) },
  { name: 'kind', type: 'text', value: ({ kind }) => kind },
  { name: 'input', type: 'text', value: ({ input }) => input },
  { name: 'output', type: 'text', value: ({ output }) => output },
  { name: 'output_truncated', type: 'boolean', value: ({ outputTruncated }) => textOrNull(outputTruncated) },
  { name: 'output_bytes', type: 'bigint', value: ({ outputBytes }) => textOrNull(outputBytes) },
  { name: 'risk_level', type: 'text', value: ({ riskLevel }) => riskLevel },
  { name: '"timestamp"', type: 'timestamptz', value: ({ timestamp }) => timestamp.toISOString() },
  { name: 'folded', type: 'text', value: ({ input }) => foldedInput(input) },
  // Words hold letters, digits, marks and "_" alone, so quoting them needs no escapes.
  {
    name: 'words',
    type: 'tsvector',
    value: ({ input, output }) =>
      wordsOf(input, output)
        .map((word) => `'${word}'`)
        .join(' '),
  },
];

const names = WRITTEN.map(({ name }) => name).join(', ');

/** One statement for any number of rows: a parameter per column, each an array with an element per row. */
export const INSERT_SQL = `INSERT INTO command (${names})
SELECT ${WRITTEN.map(({ name, type }) => `${name}::${type}`).join(', ')}
FROM unnest(${WRITTEN.map((_, at) => `$${at + 1}::text[]`).join(', ')}) AS given (${names})
ON CONFLICT ON CONSTRAINT command_id_pk DO NOTHING`;

/** The parameters of INSERT_SQL. */
export const insertParameters = (commands: readonly Command[]): (string | null)[][] => WRITTEN.map(({ value }) => commands.map(value));
