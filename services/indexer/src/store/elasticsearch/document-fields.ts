import type { estypes } from '@elastic/elasticsearch';
import { CERTAINTY_NAMES, KIND_NAMES, RISK_NAMES, type Command } from '../command.js';
import { foldedInput, termsOf } from '../search-text.js';
import { byName, commandFrom, fieldsOf, storedValue, type FieldTable, type StoredField } from '../stored-field.js';

type Json = string | number | boolean | null | readonly string[];

/** A field of a document. */
interface DocumentField<Value> extends StoredField<Value, Json> {
  readonly mapping: estypes.MappingProperty;
}

/** Returns a maker of fields of one mapping, whose values JSON keeps as `Stored`. */
const fieldOf =
  <Value, Stored extends Json>(
    mapping: estypes.MappingProperty,
    toStored: (value: Value) => Stored,
    fromStored: (stored: Stored) => Value,
  ) =>
  (name: string): DocumentField<Value> => ({ name, mapping, toStored, fromStored: (stored) => fromStored(stored as Stored) });

const same = <T>(value: T): T => value;
const kinds = byName(KIND_NAMES);
const risks = byName(RISK_NAMES);
const certainties = byName(CERTAINTY_NAMES);

const KEYWORD = { type: 'keyword' } as const;
const UNINDEXED_LONG = { type: 'long', index: false } as const;
/** Only returned: its searchable form stands in `folded` and `words`. */
const UNINDEXED_TEXT = { type: 'text', index: false, norms: false } as const;
/** Searched, never sorted or aggregated. */
const SEARCHED_ONLY = { type: 'keyword', doc_values: false } as const;

const keyword = fieldOf<string, string>(KEYWORD, same, same);
const text = fieldOf<string, string>(UNINDEXED_TEXT, same, same);
const number = fieldOf<number, number>(UNINDEXED_LONG, same, same);
/** In text: JSON numbers end at 2^53. */
const bigint = fieldOf<bigint, string>(UNINDEXED_LONG, String, BigInt);
const boolean = fieldOf<boolean, boolean>({ type: 'boolean' }, same, same);
const time = fieldOf<Date, string>(
  { type: 'date' },
  (value) => value.toISOString(),
  (stored) => new Date(stored),
);
const kind = fieldOf(KEYWORD, kinds.toStored, kinds.fromStored);
const risk = fieldOf(KEYWORD, risks.toStored, risks.fromStored);
const certainty = fieldOf(KEYWORD, certainties.toStored, certainties.fromStored);

/** Returns the field with null for an absent value. Documents of older versions lack the field. */
const optional = <Value>(field: DocumentField<Value>): DocumentField<Value | undefined> => ({
  ...field,
  toStored: (value) => (value === undefined ? null : field.toStored(value)),
  fromStored: (stored) => (stored === null || stored === undefined ? undefined : field.fromStored(stored)),
});

/** The document fields that hold the fields of a command. */
export const FIELDS = {
  id: keyword('id'),
  sessionId: keyword('session_id'),
  seq: bigint('seq'),
  orgId: keyword('org_id'),
  userId: keyword('user_id'),
  username: keyword('username'),
  assetId: keyword('asset_id'),
  assetName: keyword('asset_name'),
  account: keyword('account'),
  channel: number('channel'),
  kind: kind('kind'),
  input: text('input'),
  output: text('output'),
  outputTruncated: optional(boolean('output_truncated')),
  outputBytes: optional(bigint('output_bytes')),
  certainty: optional(certainty('certainty')),
  program: optional(keyword('program')),
  riskLevel: risk('risk_level'),
  timestamp: time('timestamp'),
} satisfies FieldTable<Json, { mapping: estypes.MappingProperty }>;

/** A command as Elasticsearch keeps it. */
export type CommandDocument = Readonly<Record<string, Json>>;

/** The fields that only searching needs; see search-text.ts. */
const SEARCH_FIELDS = {
  folded: { mapping: SEARCHED_ONLY, value: ({ input }: Command) => foldedInput(input) },
  words: { mapping: SEARCHED_ONLY, value: ({ input, output }: Command) => termsOf(input, output) },
};

/** Names of the fields that only searching needs. */
export const SEARCH_FIELD_NAMES = Object.keys(SEARCH_FIELDS);

/** The mapping of every field of a document; others are refused. No field type or analyzer that needs a plugin. */
export const PROPERTIES: Readonly<Record<string, estypes.MappingProperty>> = Object.fromEntries([
  ...fieldsOf(FIELDS).map((field) => [FIELDS[field].name, FIELDS[field].mapping] as const),
  ...Object.entries(SEARCH_FIELDS).map(([name, { mapping }]) => [name, mapping] as const),
]);

/** Returns the document of a command. */
export const documentFromCommand = (command: Command): CommandDocument =>
  Object.fromEntries<Json>([
    ...fieldsOf(FIELDS).map((field) => [FIELDS[field].name, storedValue<typeof field, Json>(FIELDS, field, command)] as const),
    ...Object.entries(SEARCH_FIELDS).map(([name, { value }]) => [name, value(command)] as const),
  ]);

/** Returns the command of a document. */
export const commandFromDocument = (document: CommandDocument): Command => commandFrom(FIELDS, document);
