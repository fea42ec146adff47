import { ObjectKeyInvalid } from './store.errors.js';

const KEY = /^[A-Za-z0-9][A-Za-z0-9._=-]*(\/[A-Za-z0-9][A-Za-z0-9._=-]*)*$/;
const PREFIX = /^([A-Za-z0-9][A-Za-z0-9._=-]*\/)*([A-Za-z0-9][A-Za-z0-9._=-]*)?$/;
const MAX_KEY = 900;
/** Longest name of a file on the file systems we know. */
const MAX_NAME = 255;

const isShort = (key: string): boolean => key.length <= MAX_KEY && key.split('/').every((name) => name.length <= MAX_NAME);

/** Refuses what is no key (see ObjectStore): nothing that could leave a folder or needs escaping gets to a driver. */
export function checkKey(key: string): void {
  if (!KEY.test(key) || !isShort(key)) throw new ObjectKeyInvalid(key);
}

/** Refuses what can't be the beginning of a key. "" is every key's. */
export function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix) || !isShort(prefix)) throw new ObjectKeyInvalid(prefix);
}
