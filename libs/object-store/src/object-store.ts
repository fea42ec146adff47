/** What a listing knows of an object. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** When it was put, by the store's clock; milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** A piece of an object. Without a length: to the end. What lies behind the end is not there; that is no error. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/** A page of a listing. */
export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  /** Give this as `after` for the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** Bytes to store: at once, or as a stream that is read once. */
export type ObjectBody = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Keeps objects under keys. Every driver passes `objectStoreConformance`.
 *
 * Keys are `/`-separated names of letters, digits and `._=-` that begin with a letter or digit; at most 900 characters. Anything else is refused with
 * ObjectKeyInvalid before the store is touched. A key can't be the folder of another.
 *
 * Every call may throw StoreUnavailable (passing; already retried where that is safe) or StoreMisconfigured (will not pass by itself).
 */
export interface ObjectStore {
  /** False for the null store: what is put can't be got. */
  readonly keepsData: boolean;
  /** Where it is, for messages; without secrets. */
  readonly location: string;
  /** Stores, or replaces whole. Resolves with the size once it is durable; until then readers see the old object or none, never a part. */
  put(key: string, body: ObjectBody): Promise<number>;
  /** The object's bytes in pieces. ObjectNotFound comes before the first piece. */
  get(key: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** What is known of it; undefined when it is not there. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /**
   * Objects whose key begins with `prefix`; `limit` is at most 1000. Those of one folder come in the order of their keys' bytes;
   * how a folder stands to names that begin as its own does is the store's affair (SeaweedFS differs from S3 there).
   */
  list(prefix: string, page?: { readonly after?: string; readonly limit?: number }): Promise<ObjectPage>;
  /** Removes it; no error when it is not there. */
  delete(key: string): Promise<void>;
  /** Resolves when the store can be reached and used. */
  check(): Promise<void>;
}

/** Most objects of a page. */
export const MAX_PAGE = 1000;

/** Every object whose key begins with `prefix`, page by page. */
export async function* listAll(store: ObjectStore, prefix: string): AsyncGenerator<ObjectInfo, void, undefined> {
  let after: string | undefined;
  do {
    const page: ObjectPage = await store.list(prefix, after === undefined ? {} : { after });
    yield* page.objects;
    after = page.next;
  } while (after !== undefined);
}

/** A whole object, or a range of it, in one piece: for what is known to be small. */
export async function readObject(store: ObjectStore, key: string, range?: ByteRange): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.get(key, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}
