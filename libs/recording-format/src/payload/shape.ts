/** Checks an unknown value and gives it back typed; throws ShapeError with a path that people can follow. */
export type Shape<T> = (value: unknown, path: string) => T;

/** What was wrong with a value, and where. Translated by whoever knows what the value was. */
export class ShapeError extends Error {}

const refuse = (path: string, why: string): never => {
  throw new ShapeError(`${path || 'it'} ${why}`);
};

/** A text of at most `max` UTF-16 units, at least `min`. */
export const text =
  (max: number, min = 0): Shape<string> =>
  (value, path) =>
    typeof value === 'string' && value.length >= min && value.length <= max
      ? value
      : refuse(path, `must be a text of ${min} to ${max} characters`);

/** A whole number that JSON keeps exact. */
export const whole =
  (min = 0, max = Number.MAX_SAFE_INTEGER): Shape<number> =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : refuse(path, `must be a whole number from ${min} to ${max}`);

/** true or false. */
export const flag: Shape<boolean> = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'must be true or false'));

/** One of some words. */
export const oneOf =
  <const W extends string>(...words: W[]): Shape<W> =>
  (value, path) =>
    words.includes(value as W) ? (value as W) : refuse(path, `must be one of ${words.join(', ')}`);

/** 64 lower-case hex digits. */
export const sha256Hex: Shape<string> = (value, path) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : refuse(path, 'must be a SHA-256 in 64 hex digits');

/** An instant as Date.toISOString writes it, so that there is one way to write it. */
export const instant: Shape<string> = (value, path) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value
    ? value
    : refuse(path, 'must be a time like 2026-01-31T12:00:00.000Z');

/** A list. */
export const list =
  <T>(item: Shape<T>): Shape<T[]> =>
  (value, path) =>
    Array.isArray(value) ? value.map((one, at) => item(one, `${path}[${at}]`)) : refuse(path, 'must be a list');

/** The same or null. */
export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

type Checked<F extends Record<string, Shape<unknown>>> = { [K in keyof F]: ReturnType<F[K]> };

/** An object with these fields and, where they are there, those of `maybe`. Other fields are dropped. */
export const object =
  <F extends Record<string, Shape<unknown>>, M extends Record<string, Shape<unknown>> = Record<never, never>>(
    fields: F,
    maybe?: M,
  ): Shape<Checked<F> & Partial<Checked<M>>> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'must be an object');
    const given = value as Record<string, unknown>;
    const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const taken = Object.entries(fields).map(([key, shape]) => [key, shape(given[key], under(key))]);
    const optional = Object.entries(maybe ?? {})
      .filter(([key]) => given[key] !== undefined)
      .map(([key, shape]) => [key, shape(given[key], under(key))]);
    return Object.fromEntries([...taken, ...optional]) as Checked<F> & Partial<Checked<M>>;
  };
