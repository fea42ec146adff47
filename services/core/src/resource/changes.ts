import type { FieldValue, ReadableFields } from './fields.js';

/** A field's value before and after a change; null before a creation and after a deletion. */
export interface Change {
  readonly from: FieldValue;
  readonly to: FieldValue;
}

/** A change of a long list: its added and removed values, each list cut to MAX_LISTED, with the counts. */
export interface ListChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly added_count: number;
  readonly removed_count: number;
  readonly from_count: number;
  readonly to_count: number;
}

export type Changes = Readonly<Record<string, Change | ListChange>>;

/** Values of a list that an event carries: the event is inserted under a lock that every audited change takes. */
const MAX_LISTED = 500;

const MASK = '***';

/** Returns the fields that differ. An undefined row is one that is not there yet, or not any more. */
export function changesBetween<Row>(fields: ReadableFields<Row>, before: Row | undefined, after: Row | undefined): Changes {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { read, isSecret }]) => {
      const from = before === undefined ? null : read(before);
      const to = after === undefined ? null : read(after);
      if (isSame(from, to)) return [];
      return [[name, isSecret ? { from: masked(from), to: masked(to) } : changeOf(from, to)]];
    }),
  );
}

function changeOf(from: FieldValue, to: FieldValue): Change | ListChange {
  const [before, after] = [asList(from), asList(to)];
  return before.length > MAX_LISTED || after.length > MAX_LISTED ? listChange(before, after) : { from, to };
}

function listChange(before: readonly string[], after: readonly string[]): ListChange {
  const [had, has] = [new Set(before), new Set(after)];
  const [added, removed] = [after.filter((value) => !had.has(value)), before.filter((value) => !has.has(value))];
  return {
    added: added.slice(0, MAX_LISTED),
    removed: removed.slice(0, MAX_LISTED),
    added_count: added.length,
    removed_count: removed.length,
    from_count: before.length,
    to_count: after.length,
  };
}

const asList = (value: FieldValue): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

/** Compares two values. A list is compared without its order: relations have none. */
function isSame(a: FieldValue, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const [one, other] = [a.toSorted(), b.toSorted()];
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

const masked = (value: FieldValue): string | null => (value === null ? null : MASK);
