import { invalidJson } from './http.errors.js';

/** Deepest nesting of objects and lists; no request of the API needs more than five. */
const MAX_DEPTH = 32;

/** Parses a body. Throws INVALID_JSON for a text that is empty, not JSON, or nested too deep for the code that reads the value. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw invalidJson(': it is empty');
  if (isTooDeep(text)) throw invalidJson(`: it has more than ${MAX_DEPTH} levels of objects and lists`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalidJson(placeIn((error as Error).message));
  }
}

/** Returns the position from the parser's message. The rest quotes the body, which may contain a password. */
function placeIn(message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  return position ? `: look at character ${position}` : '';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString) at += code === BACKSLASH ? 1 : 0;
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
