import { z } from 'zod';

/** A kind of free text: the characters that it refuses, and the message about them. */
interface TextKind {
  readonly refused: RegExp;
  readonly message: string;
}

/**
 * The kinds of text that a request may hold; every text without a pattern of its own is one of them.
 * `name` and `key` refuse all invisible characters: control and format characters, those that turn the direction of text (U+202A to U+202E,
 * U+2066 to U+2069), joiners and fillers. With them two different names look alike. `key` is the content of a public key file.
 * `comment` may have several lines and the joiners that some scripts need. `filter` may look for every visible or invisible character.
 * `password` may be typed at every prompt; `secret` is a password or key file of another system, as it is.
 */
const KINDS = {
  name: {
    refused: /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u,
    message: 'must not hold control characters or invisible ones',
  },
  key: {
    refused: /(?![\r\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u,
    message: 'must not hold control characters or invisible ones',
  },
  comment: {
    refused: /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u,
    message: 'must not hold control characters but line feeds and tabs, nor characters that turn the direction of text',
  },
  filter: { refused: /[\p{Cc}\p{Cs}]/u, message: 'must not hold control characters' },
  password: { refused: /[\p{Cc}\p{Cs}]/u, message: 'must not hold control characters' },
  secret: { refused: /[\0\p{Cs}]/u, message: 'must not hold NUL or half of a surrogate pair' },
} as const satisfies Record<string, TextKind>;

/** Kinds whose texts no answer quotes. */
const UNQUOTED: ReadonlySet<string> = new Set(['password', 'secret']);

/** Returns the schema of a free text; `base` runs before its checks. The message about a refused character quotes it as an escape and says where it is. */
export const text = (kind: keyof typeof KINDS, maxChars: number, base = z.string()) =>
  base.max(maxChars, `must have at most ${maxChars} characters`).check((context) => {
    const message = problemOf(kind, context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });

/** A text that a list is filtered by. */
export const Filter = text('filter', 256);

function problemOf(kind: keyof typeof KINDS, value: string): string | undefined {
  const { refused, message }: TextKind = KINDS[kind];
  const found = refused.exec(value);
  if (!found) return undefined;
  return UNQUOTED.has(kind)
    ? message
    : `${message}, such as "${escapeOf(found[0])}" (character ${[...value.slice(0, found.index)].length + 1})`;
}

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
}
