/** A part of a list, and the number of rows of the whole list. */
export interface Rows<T> {
  readonly count: number;
  readonly rows: readonly T[];
}
