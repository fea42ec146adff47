import { CERTAINTY_NAMES, KIND_NAMES, RISK_NAMES, type Command } from '../command.js';
import { foldedInput, termsOf } from '../search-text.js';
import { byName, commandFrom, fieldsOf, storedValue, type FieldTable, type StoredField } from '../stored-field.js';

/** A column. An insert sends its values as text, which the server reads as `type`. */
interface Column<Value> extends StoredField<Value, string | null> {
  readonly type: string;
}

/** Returns a maker of columns of one type. `pg` returns their values as `Returned`; those of bigint columns are text. */
const columnOf =
  <Value, Returned>(type: string, toStored: (value: Value) => string, fromStored: (returned: Returned) => Value) =>
  (name: string): Column<Value> => ({ name, type, toStored, fromStored: (stored) => fromStored(stored as Returned) });

const same = <T>(value: T): T => value;
const kinds = byName(KIND_NAMES);
const risks = byName(RISK_NAMES);
const certainties = byName(CERTAINTY_NAMES);

const uuid = columnOf<string, string>('uuid', same, same);
const text = columnOf<string, string>('text', same, same);
const bigint = columnOf<bigint, string>('bigint', String, BigInt);
const number = columnOf<number, string>('bigint', String, Number);
const boolean = columnOf<boolean, boolean>('boolean', String, same);
const time = columnOf<Date, Date>('timestamptz', (value) => value.toISOString(), same);
const kind = columnOf('text', kinds.toStored, kinds.fromStored);
const risk = columnOf('text', risks.toStored, risks.fromStored);
const certainty = columnOf('text', certainties.toStored, certainties.fromStored);

/** Returns the column with NULL for an absent field. */
const optional = <Value>(column: Column<Value>): Column<Value | undefined> => ({
  ...column,
  toStored: (value) => (value === undefined ? null : column.toStored(value)),
  fromStored: (stored) => (stored === null ? undefined : column.fromStored(stored)),
});

/** The columns that hold the fields of a command. */
const COLUMNS = {
  id: uuid('id'),
  sessionId: text('session_id'),
  seq: bigint('seq'),
  orgId: text('org_id'),
  userId: text('user_id'),
  username: text('username'),
  assetId: text('asset_id'),
  assetName: text('asset_name'),
  account: text('account'),
  channel: number('channel'),
  kind: kind('kind'),
  input: text('input'),
  output: text('output'),
  outputTruncated: optional(boolean('output_truncated')),
  outputBytes: optional(bigint('output_bytes')),
  certainty: optional(certainty('certainty')),
  program: optional(text('program')),
  riskLevel: risk('risk_level'),
  timestamp: time('timestamp'),
} satisfies FieldTable<string | null, { type: string }>;

/** A row as `pg` returns it. */
export type CommandRow = Readonly<Record<string, unknown>>;

const quoted = (name: string): string => `"${name}"`;

/** The columns that a search reads of each row. */
export const READ_COLUMNS = fieldsOf(COLUMNS)
  .map((field) => quoted(COLUMNS[field].name))
  .join(', ');

/** Returns the command of a row. */
export const commandFromRow = (row: CommandRow): Command => commandFrom(COLUMNS, row);

interface WrittenColumn {
  readonly name: string;
  readonly type: string;
  readonly value: (command: Command) => string | null;
}

/** The columns that only searching needs; see search-text.ts. */
const SEARCH_COLUMNS: readonly WrittenColumn[] = [
  { name: 'folded', type: 'text', value: ({ input }) => foldedInput(input) },
  // A term contains letters, digits, marks and "_" alone, so quoting it needs no escapes.
  {
    name: 'words',
    type: 'tsvector',
    value: ({ input, output }) =>
      termsOf(input, output)
        .map((term) => `'${term}'`)
        .join(' '),
  },
];

/** The columns that an insert fills. */
const WRITTEN: readonly WrittenColumn[] = [
  ...fieldsOf(COLUMNS).map((field) => ({ ...COLUMNS[field], value: (command: Command) => storedValue(COLUMNS, field, command) })),
  ...SEARCH_COLUMNS,
];

const names = WRITTEN.map(({ name }) => quoted(name)).join(', ');

/** One statement for any number of rows: a parameter per column, each an array with an element per row. */
export const INSERT_SQL = `INSERT INTO command (${names})
SELECT ${WRITTEN.map(({ name, type }) => `${quoted(name)}::${type}`).join(', ')}
FROM unnest(${WRITTEN.map((_, at) => `$${at + 1}::text[]`).join(', ')}) AS given (${names})
ON CONFLICT ON CONSTRAINT command_id_pk DO NOTHING`;

/** Returns the parameters of INSERT_SQL. */
export const insertParameters = (commands: readonly Command[]): (string | null)[][] => WRITTEN.map(({ value }) => commands.map(value));
