/** A migration; there is none back. A released migration is never changed. */
export interface Migration {
  /** `NNNN-verb-noun`. */
  readonly name: string;
  /** SQL that runs in its own transaction, with cmdlog first in the search path. */
  readonly sql: string;
}
