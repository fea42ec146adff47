/** A step forward; there is none back. Released steps are never changed. */
export interface Migration {
  /** `NNNN-verb-noun`. */
  readonly name: string;
  /** Runs in a transaction of its own, with cmdlog first in the search path. */
  readonly sql: string;
}
