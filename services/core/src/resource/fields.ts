/** A field's value as REST shows it, as audit events and exports carry it. */
export type FieldValue = string | number | boolean | null | readonly string[];

/** A field that a request may write: how it is read from a row, and which columns it sets. */
export interface Field<Row, Columns, Value> {
  readonly read: (row: Row) => FieldValue;
  /** Returns the columns that a value sets. Absent where the resource writes the value by itself: a relation, a sealed secret. */
  readonly write?: (value: Value) => Partial<Columns>;
  /** Audit events show that a secret changed, never its value. */
  readonly isSecret?: true;
}

/** Every field of an update. A field of the contract without an entry does not compile. */
export type Fields<Row, Columns, Update> = {
  readonly [F in keyof Update]-?: Field<Row, Columns, Exclude<Update[F], undefined>>;
};

/** Fields as audit events and entity tags read them. */
export type ReadableFields<Row> = Readonly<Record<string, { readonly read: (row: Row) => FieldValue; readonly isSecret?: true }>>;

/** Returns makers of fields that are columns of an entity. A value that its column can't hold does not compile. */
export const columnsOf = <E>() => ({
  /** Returns a field that is kept as it is given. */
  plain: <K extends KeyFor<E, FieldValue>>(key: K) => ({
    read: (row: E) => row[key] as FieldValue,
    write: (value: E[K]) => ({ [key]: value }) as unknown as Partial<E>,
  }),
  /** Returns a field that is a time: ISO 8601 in the contract, null for none where the column is nullable. */
  time: <K extends KeyFor<E, Date | null>>(key: K) => ({
    read: (row: E) => isoOf(row[key] as Date | null),
    write: (value: null extends E[K] ? string | null : string) => ({ [key]: value === null ? null : new Date(value) }) as Partial<E>,
  }),
  /** Returns a field that is a list of texts, each kept once. */
  list: <K extends KeyFor<E, readonly string[]>>(key: K) => ({
    read: (row: E) => row[key] as readonly string[],
    write: (value: readonly string[]) => ({ [key]: unique(value) }) as Partial<E>,
  }),
});

/** Returns a field that its resource writes by itself. */
export const related = <Row>(read: (row: Row) => FieldValue): { readonly read: (row: Row) => FieldValue } => ({ read });

/** Returns a field that its resource seals or hashes; `read` returns what is kept. */
export const secret = <Row>(read: (row: Row) => string | null): { readonly read: (row: Row) => FieldValue; readonly isSecret: true } => ({
  read,
  isSecret: true,
});

type KeyFor<E, V> = { [K in keyof E & string]: E[K] extends V ? K : never }[keyof E & string];

/** Returns the columns that the given fields set. */
export function givenColumns<Row, Columns, Update extends object>(fields: Fields<Row, Columns, Update>, given: Update): Partial<Columns> {
  const names = (Object.keys(fields) as (keyof Update)[]).filter((name) => given[name] !== undefined);
  return Object.assign(
    {},
    ...names.map((name) => fields[name].write?.(given[name] as Exclude<Update[keyof Update], undefined>)),
  ) as Partial<Columns>;
}

/** Returns the values without repetitions, in their order. */
export const unique = (values: readonly string[]): string[] => [...new Set(values)];

const isoOf = (time: Date | null): string | null => time?.toISOString() ?? null;
