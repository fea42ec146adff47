import { checkFirst, checkKey, checkPrefix } from '../object-key.js';
import { ObjectNotFound } from '../store.errors.js';
import type { ObjectStore } from '../object-store.js';

/** Creates a store that accepts everything and keeps nothing, for installations that may not record. */
export function nullStore(): ObjectStore {
  return {
    keepsData: false,
    location: 'null',
    async put(key, body) {
      checkKey(key);
      if (body instanceof Uint8Array) return body.length;
      let bytes = 0;
      for await (const piece of body) bytes += piece.length;
      return bytes;
    },
    async putFirst(folder, objects) {
      checkFirst(folder, objects);
      return true;
    },
    async get(key) {
      checkKey(key);
      throw new ObjectNotFound(key);
    },
    async head(key) {
      checkKey(key);
      return undefined;
    },
    async list(prefix) {
      checkPrefix(prefix);
      return { objects: [], next: undefined };
    },
    async delete(key) {
      checkKey(key);
    },
    async check() {},
  };
}
