/** An object in a listing. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Time at which it was stored, by the store's clock; milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** A range of an object. Without a length it ends with the object. A range that reaches behind the end is cut there without an error. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/** A page of a listing. */
export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  /** Value of `after` for the next page; undefined on the last page. */
  readonly next: string | undefined;
}

/** Bytes to store: at once, or as a stream that is read once. */
export type ObjectBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Options of a put. */
export interface PutOptions {
  /** True for an object that is to be kept as it is. Bodies with it are bytes, not streams. */
  readonly isKept?: boolean;
}

/** An object of a folder that is being begun. */
export interface FirstObject {
  /** Name within the folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps objects under keys. Every driver passes `objectStoreConformance`.
 *
 * Keys are `/`-separated names of letters, digits and `._=-` that begin with a letter or digit; at most 900 characters. Other keys are
 * refused with ObjectKeyInvalid before the store is touched. A key can't be the folder of another.
 *
 * Every call may throw StoreUnavailable (it may pass; already retried where that is safe) or StoreMisconfigured (it does not pass by
 * itself).
 */
export interface ObjectStore {
  /** False for the null store: what is put can't be read. */
  readonly keepsData: boolean;
  /** The place of the store, for messages; without secrets. */
  readonly location: string;
  /**
   * Stores an object, or replaces it whole. Resolves with the size when it is durable. Until then readers see the old object or none, never
   * a part. With `isKept`, a store with object lock locks it; others ignore that.
   */
  put(key: string, body: ObjectBody, options?: PutOptions): Promise<number>;
  /**
   * Stores the first objects of a folder (a prefix that ends with "/"), and resolves with true when they are durable. Resolves with false if
   * the folder has an object already: then nothing there was replaced, except that a store without folders may have the objects before the last.
   * The last object is never seen before the others, nor stored over another one.
   */
  putFirst(folder: string, objects: readonly FirstObject[], options?: PutOptions): Promise<boolean>;
  /** Returns the bytes of an object in pieces. Throws ObjectNotFound before the first piece. */
  get(key: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Returns the facts of an object, or undefined if it does not exist. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /**
   * Lists objects whose key begins with `prefix`; `limit` is at most 1000. The objects of one folder come in the order of their keys'
   * bytes. The store decides the order of a folder and of names that begin as its own does (SeaweedFS differs from S3 there).
   */
  list(prefix: string, page?: { readonly after?: string; readonly limit?: number }): Promise<ObjectPage>;
  /** Removes an object. It is not an error if the object does not exist. */
  delete(key: string): Promise<void>;
  /** Resolves when the store can be reached and used. */
  check(): Promise<void>;
}

/** Most objects of a page. */
export const MAX_PAGE = 1000;

/** Lists every object whose key begins with `prefix`, page by page. */
export async function* listAll(store: ObjectStore, prefix: string): AsyncGenerator<ObjectInfo, void, undefined> {
  let after: string | undefined;
  do {
    const page: ObjectPage = await store.list(prefix, after === undefined ? {} : { after });
    yield* page.objects;
    after = page.next;
  } while (after !== undefined);
}

/** Reads a whole object, or a range of it, at once: for objects that are known to be small. */
export async function readObject(store: ObjectStore, key: string, range?: ByteRange): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.get(key, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}
