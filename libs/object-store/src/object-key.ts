import { ObjectKeyInvalid } from './store.errors.js';

const KEY = /^[A-Za-z0-9][A-Za-z0-9._=-]*(\/[A-Za-z0-9][A-Za-z0-9._=-]*)*$/;
const PREFIX = /^([A-Za-z0-9][A-Za-z0-9._=-]*\/)*([A-Za-z0-9][A-Za-z0-9._=-]*)?$/;
const MAX_KEY = 900;
/** Longest name of a file on common file systems. */
const MAX_NAME = 255;

const isShort = (key: string): boolean => key.length <= MAX_KEY && key.split('/').every((name) => name.length <= MAX_NAME);

/**
 * Throws ObjectKeyInvalid for a text that is not a key (see ObjectStore). A name that could leave a folder or needs escaping never reaches
 * a driver.
 */
export function checkKey(key: string): void {
  if (!KEY.test(key) || !isShort(key)) throw new ObjectKeyInvalid(key);
}

/** Throws ObjectKeyInvalid for a text that can't begin a key. Every key begins with "". */
export function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix) || !isShort(prefix)) throw new ObjectKeyInvalid(prefix);
}

/** Throws ObjectKeyInvalid unless `folder` is that of keys (it ends with "/") and the names make keys in it, without a folder of their own. */
export function checkFirst(folder: string, objects: readonly { readonly name: string }[]): void {
  if (!folder.endsWith('/')) throw new ObjectKeyInvalid(folder);
  for (const { name } of objects) {
    if (name.includes('/')) throw new ObjectKeyInvalid(name);
    checkKey(folder + name);
  }
}
