import type { ObjectStore } from '@sallyport/object-store';

/** One recording's folder in a store. */
export interface RecordingFolder {
  readonly store: ObjectStore;
  /** Prefix of its keys, with the "/" at its end; "" for the store's root. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** The session id that its place names; undefined if the place names none. */
  readonly sessionId: string | undefined;
}
