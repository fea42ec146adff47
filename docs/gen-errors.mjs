// Writes docs/errors.md: every error code with its kind and when it is thrown, read from the classes' own doc comments.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const CLASS = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?(?:export )?class (\w+) extends (?:AppError|\w+) \{((?:(?!\n\})[^])*)/g;

const rows = [];
for (const folder of ['libs', 'services']) {
  for (const file of readdirSync(path.join(root, folder), { recursive: true })) {
    if (!/\/src\/.*\.ts$/.test(file) || /(\.test|\.suite|\.d)\.ts$|\/dist\/|node_modules/.test(file)) continue;
    for (const [, comment = '', name, body] of readFileSync(path.join(root, folder, file), 'utf8').matchAll(CLASS)) {
      const code = /readonly code\b[^=]*= '([A-Z0-9_]+)'/.exec(body)?.[1];
      const kind = /readonly kind\b[^=]*= '(\w+)'/.exec(body)?.[1];
      if (code && kind) rows.push({ code, kind, owner: `${folder}/${file.split('/')[0]}`, when: sentence(comment) || name });
    }
  }
}

function sentence(comment) {
  return comment
    .replaceAll(/\s*\n\s*\*\s?/g, ' ')
    .replaceAll(/^\s*\*?\s*|\s+$/g, '')
    .replaceAll('|', '\\|');
}

// Two services may say the same of one thing (core passes on what the recorder found); then the kind is the same too.
const torn = rows.filter(({ code, kind }) => rows.some((other) => other.code === code && other.kind !== kind));
if (torn.length > 0) throw new Error(`One code, two kinds: ${[...new Set(torn.map(({ code }) => code))].join(', ')}`);

rows.sort((a, b) => a.code.localeCompare(b.code));
const lines = rows.map(({ code, kind, owner, when }) => `| \`${code}\` | ${kind} | ${owner} | ${when} |`);
const head = [
  '# Error codes',
  '',
  'Made from the source by `pnpm gen`. A code is never renamed or reused. The kind decides the HTTP status (`libs/errors`).',
  '',
  '| code | kind | where | when |',
  '|---|---|---|---|',
];
writeFileSync(path.join(root, 'docs/errors.md'), [...head, ...new Set(lines), ''].join('\n'));
