/** A value that has exactly one canonical text: no fractions, no exponents, nothing that JSON drops. */
export type CanonicalValue = string | number | boolean | null | readonly CanonicalValue[] | { readonly [key: string]: CanonicalValue };

/**
 * Returns the canonical text. It is RFC 8785 (JCS) for whole numbers: without white space, keys sorted by UTF-16 units, the shortest
 * escapes. Throws TypeError for a number that is not a safe integer: we sign none.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} lacks a canonical text`);
    return String(value);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`);
  return `{${members.join(',')}}`;
}

const isList = (value: readonly CanonicalValue[] | object): value is readonly CanonicalValue[] => Array.isArray(value);
