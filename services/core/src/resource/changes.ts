import type { FieldValue, ReadableFields } from './fields.js';

/** A field's value before and after a change; null before a creation and after a deletion. */
export interface Change {
  readonly from: FieldValue;
  readonly to: FieldValue;
}

export type Changes = Readonly<Record<string, Change>>;

const MASK = '***';

/** Returns the fields that differ. An undefined row is one that is not there yet, or not any more. */
export function changesBetween<Row>(fields: ReadableFields<Row>, before: Row | undefined, after: Row | undefined): Changes {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { read, isSecret }]) => {
      const from = before === undefined ? null : read(before);
      const to = after === undefined ? null : read(after);
      if (isSame(from, to)) return [];
      return [[name, isSecret ? { from: masked(from), to: masked(to) } : { from, to }]];
    }),
  );
}

/** Compares two values. A list is compared without its order: relations have none. */
function isSame(a: FieldValue, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const [one, other] = [a.toSorted(), b.toSorted()];
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

const masked = (value: FieldValue): string | null => (value === null ? null : MASK);
