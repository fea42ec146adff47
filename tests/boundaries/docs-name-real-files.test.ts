import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = globSync(['docs/walks.md', 'docs/architecture.md', 'docs/recipes/*.md', 'CONTRIBUTING.md'], { cwd: ROOT }).sort();
const FOLDERS = ['services/', 'libs/', 'tests/', 'deploy/', 'docs/', 'proto/', 'lint/'];

/** Returns the text of each code span: `…` in a line. Fenced blocks are left out. */
function codeSpans(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Returns the paths of this repository that a page names, without the patterns: `*`, `{a,b}`, `<name>` and `…` stand for other text. */
function pathsIn(markdown: string): string[] {
  return codeSpans(markdown)
    .filter((span) => FOLDERS.some((folder) => span.startsWith(folder)))
    .map((span) => span.replace(/[:#].*$/, '')) // a line or an anchor
    .filter((span) => !/[*{}<>…\s]/.test(span));
}

const missingIn = (markdown: string): string[] => pathsIn(markdown).filter((name) => !existsSync(path.join(ROOT, name)));

describe('documentation', () => {
  it.each(PAGES)('%s names only files that exist', (page) => {
    expect(missingIn(readFileSync(path.join(ROOT, page), 'utf8'))).toEqual([]);
  });

  it('that names a missing file is found, and patterns and placeholders are not taken for files', () => {
    const planted =
      'See `services/core/src/no-such-file.ts:12`, `libs/*/src`, `services/<name>/README.md`, `docs/style.md` and `npm test`.';
    expect(missingIn(planted)).toEqual(['services/core/src/no-such-file.ts']);
  });
});
