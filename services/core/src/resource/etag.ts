import { createHash } from 'node:crypto';
import type { FieldValue, ReadableFields } from './fields.js';
import { VersionStale } from './resource.errors.js';

interface Versioned {
  readonly id: string;
  readonly dateUpdated: Date;
}

const etags = new WeakMap<object, string>();

/** Returns the entity tag of a row (RFC 9110 §8.8.3): it differs after every change of a field. */
export function etagOf<Row extends Versioned>(fields: ReadableFields<Row>, row: Row): string {
  const values = Object.values(fields).map(({ read, isSecret }) => (isSecret ? null : unordered(read(row))));
  const digest = createHash('sha256').update(JSON.stringify([row.id, row.dateUpdated.getTime(), values]));
  return `"${digest.digest('base64url').slice(0, 22)}"`;
}

/** Returns a value with a list in one order: a relation has none. */
const unordered = (value: FieldValue): FieldValue => (Array.isArray(value) ? value.toSorted() : value);

/** Returns the view, with its entity tag kept beside it for the response header. */
export function withEtag<V extends object>(view: V, etag: string): V {
  etags.set(view, etag);
  return view;
}

/** Returns the entity tag of a view; undefined for an answer without one. */
export const etagOfView = (view: unknown): string | undefined => (typeof view === 'object' && view !== null ? etags.get(view) : undefined);

/** Throws VersionStale if an If-Match header names other versions (RFC 9110 §13.1.1). */
export function refuseStale(ifMatch: string | undefined, current: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const sent = ifMatch.split(',').map((each) => each.trim());
  if (!sent.includes(current)) throw new VersionStale(ifMatch, current);
}
