// Writes the found codes and reasons as Markdown.
import { WHEN } from './when.mjs';

const HEAD = `# Error codes

\`pnpm gen\` makes this page from the source. A code is never renamed or reused.
The kind decides the HTTP status and the gRPC status (\`libs/errors\`). A \`refusal\` is a text that the gateway sends to an SSH client. \`any\` is the kind that another service sent.

`;

/** Returns the page. Throws an Error if one code has two kinds, or no sentence. */
export const errorPage = (codes, reasons) => HEAD + codeTable(codes) + reasons.map(reasonSection).join('');

/** Returns the table of error codes, sorted by code. */
export function codeTable(codes) {
  requireOneKind(codes);
  const rows = codes.map(({ code, kind, owner, ...texts }) => `| \`${code}\` | ${kind} | ${owner} | ${cell(whenOf(code, texts))} |`);
  return ['| code | kind | where | when |', '|---|---|---|---|', ...[...new Set(rows)].sort(), ''].join('\n');
}

function whenOf(code, { when, message }) {
  if (when) return when;
  if (WHEN[code]) return WHEN[code];
  if (message) return `Message: \`${message}\``;
  throw new Error(`${code} lacks a sentence: write a doc comment, or a line in docs/gen-errors/when.mjs`);
}

/** Throws an Error if two services use one code with two kinds. One code in both is right: core relays errors of the recorder. */
function requireOneKind(codes) {
  const kinds = Map.groupBy(
    codes.filter(({ kind }) => kind !== 'refusal'),
    ({ code }) => code,
  );
  const torn = [...kinds].filter(([, rows]) => new Set(rows.map(({ kind }) => kind)).size > 1).map(([code]) => code);
  if (torn.length > 0) throw new Error(`One code, two kinds: ${torn.join(', ')}`);
}

function reasonSection({ title, intro, columns, rows }) {
  const lines = rows.map((row) => `| ${row.map(cell).join(' | ')} |`);
  return ['', `## ${title}`, '', intro, '', `| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`, ...lines, ''].join('\n');
}

const cell = (text) => String(text).replaceAll('|', '\\|');
