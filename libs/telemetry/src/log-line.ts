/** Longest log line, bytes with its line feed: collectors and pipes cut longer ones, in the middle of their JSON. */
const MAX_LINE_BYTES = 4096;

/** Bounds in a line that is too long: bytes of a text, of a text in an object, and of a name, as JSON; fields of an object. */
const MAX_TEXT = 600;
const MAX_INNER_TEXT = 300;
const MAX_NAME = 64;
const MAX_FIELDS = 8;

/**
 * Characters that JSON leaves as they are and a terminal obeys or hides: DEL, C1, line separators, zero-width ones, and the marks that turn
 * the direction of text. `tail -f` of a log shows text that clients sent.
 */
const UNSAFE = /[\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** Returns a log line without characters that a terminal obeys or hides, cut to 4 KiB. It stays one JSON object. */
export function logLine(json: string): string {
  const line = escaped(json);
  return Buffer.byteLength(line) <= MAX_LINE_BYTES ? line : shortLine(line);
}

/** Writes characters as JSON escapes: the meaning of the line stays. */
const escaped = (json: string): string =>
  json.replace(UNSAFE, (found) => `\\u${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);

/** Returns a line with its long texts cut, without the fields that do not fit. The fields that every line has come first. */
function shortLine(line: string): string {
  const { level, time, service, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  let kept: Record<string, unknown> = { cut_from_bytes: Buffer.byteLength(line) };
  for (const [name, value] of Object.entries({ level, time, service, msg, ...rest })) {
    const more = { ...kept, [cut(name, MAX_NAME)]: shortened(value) };
    if (Buffer.byteLength(lineOf(more)) <= MAX_LINE_BYTES) kept = more;
  }
  return lineOf(kept);
}

const lineOf = (fields: Record<string, unknown>): string => escaped(`${JSON.stringify(fields)}\n`);

/** Returns a value with its texts cut. Values that are nested deeper than one level are left out. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).slice(0, MAX_FIELDS);
  return Object.fromEntries(fields.map(([name, field]) => [cut(name, MAX_NAME), inner(field)]));
}

function inner(value: unknown): unknown {
  if (typeof value === 'object') return value === null ? null : '…';
  return typeof value === 'string' ? cut(value, MAX_INNER_TEXT) : value;
}

/** Returns the beginning of a text that has so many bytes as JSON: one character may take six, as an escape. */
function cut(text: string, maxBytes: number): string {
  let short = text.slice(0, maxBytes);
  while (Buffer.byteLength(escaped(JSON.stringify(short))) > maxBytes) short = short.slice(0, Math.floor(short.length * 0.8));
  return short.length === text.length ? text : `${short.toWellFormed()}…`;
}
