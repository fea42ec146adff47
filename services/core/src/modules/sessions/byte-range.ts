/** Bytes that a Range header requests of a file of known size (RFC 9110 §14.2). */
export type ByteRange =
  /** No range, or one that may be ignored: several ranges, another unit, nonsense. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  /** Nothing of the file is in it: 416. */
  | { readonly kind: 'outside' };

const WHOLE: ByteRange = { kind: 'whole' };

/** Reads a Range header. `size` in bytes; `last` is inclusive, as in Content-Range. */
export function readByteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match) return WHOLE;
  const [, from = '', to = ''] = match;
  if (from === '') return to === '' ? WHOLE : suffix(Number(to), size);
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return WHOLE;
  return first >= size ? { kind: 'outside' } : { kind: 'part', first, last };
}

function suffix(length: number, size: number): ByteRange {
  if (length === 0 || size === 0) return { kind: 'outside' };
  return { kind: 'part', first: Math.max(0, size - length), last: size - 1 };
}
