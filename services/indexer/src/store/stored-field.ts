import type { Command } from './command.js';

/** A field of a command in a store: its name there and its conversions. */
export interface StoredField<Value, Stored> {
  /** Name of the column or document field. */
  readonly name: string;
  readonly toStored: (value: Value) => Stored;
  /** Takes the value as the store's client returns it. */
  readonly fromStored: (stored: unknown) => Value;
}

/** A store's table of fields. It has an entry for each field of a command, so a forgotten field does not compile. */
export type FieldTable<Stored, More = unknown> = { readonly [F in keyof Required<Command>]: StoredField<Command[F], Stored> & More };

/** Returns the fields of a table in its order. */
export const fieldsOf = (table: FieldTable<unknown>): (keyof Command)[] => Object.keys(table) as (keyof Command)[];

/** Returns a field of a command as the store keeps it. */
export const storedValue = <F extends keyof Command, Stored>(table: FieldTable<Stored>, field: F, command: Command): Stored =>
  table[field].toStored(command[field]);

/** Returns the command of a row or document. */
export const commandFrom = (table: FieldTable<unknown>, stored: Readonly<Record<string, unknown>>): Command =>
  Object.fromEntries(fieldsOf(table).map((field) => [field, table[field].fromStored(stored[table[field].name])])) as unknown as Command;

/** Returns the conversions of an enum that is stored by name. */
export function byName<Value extends number, Name extends string>(names: Readonly<Record<Value, Name>>) {
  const values = new Map(Object.entries<Name>(names).map(([value, name]) => [name, Number(value) as Value]));
  return {
    toStored: (value: Value): Name => names[value],
    fromStored: (name: Name): Value => values.get(name)!,
  };
}
