/** Checks an unknown value and returns it typed. Throws ShapeError with the path to the wrong value. */
export type Shape<T> = (value: unknown, path: string) => T;

/** A wrong value and its path. The caller, which knows what the value was, translates it. */
export class ShapeError extends Error {}

const refuse = (path: string, why: string): never => {
  throw new ShapeError(`${path || 'it'} ${why}`);
};

/** Accepts a text of `min` to `max` UTF-16 units. */
export const text =
  (max: number, min = 0): Shape<string> =>
  (value, path) =>
    typeof value === 'string' && value.length >= min && value.length <= max
      ? value
      : refuse(path, `must be a text of ${min} to ${max} characters`);

/** Accepts an integer that JSON keeps exact. */
export const whole =
  (min = 0, max = Number.MAX_SAFE_INTEGER): Shape<number> =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : refuse(path, `must be a whole number from ${min} to ${max}`);

/** Accepts true or false. */
export const flag: Shape<boolean> = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'must be true or false'));

/** Accepts one of several texts. */
export const oneOf =
  <const W extends string>(...words: W[]): Shape<W> =>
  (value, path) =>
    words.includes(value as W) ? (value as W) : refuse(path, `must be one of ${words.join(', ')}`);

/** Accepts 64 lower-case hex digits. */
export const sha256Hex: Shape<string> = (value, path) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : refuse(path, 'must be a SHA-256 in 64 hex digits');

/** Accepts an instant as Date.toISOString writes it, so that each has one form. */
export const instant: Shape<string> = (value, path) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value
    ? value
    : refuse(path, 'must be a time like 2026-01-31T12:00:00.000Z');

/** Accepts a list. */
export const list =
  <T>(item: Shape<T>): Shape<T[]> =>
  (value, path) =>
    Array.isArray(value) ? value.map((one, at) => item(one, `${path}[${at}]`)) : refuse(path, 'must be a list');

/** Accepts null, or what `shape` accepts. */
export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

type Checked<F extends Record<string, Shape<unknown>>> = { [K in keyof F]: ReturnType<F[K]> };

/** Accepts an object with these fields and, if present, those of `maybe`. Drops other fields. */
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
