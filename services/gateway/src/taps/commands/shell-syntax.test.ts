import { expect, it } from 'vitest';
import { ShellSyntax, splitCommands } from './shell-syntax.js';

const isOpen = (text: string): boolean => {
  const syntax = new ShellSyntax();
  for (const line of text.split('\n')) syntax.addLine(line);
  return syntax.isOpen;
};

it.each([
  'ls -la',
  'echo \'a b\' "c $(date)"',
  'cat <<EOF\nbody $x "\nEOF',
  "cat <<-'END' | wc\n\tbody\n\tEND",
  'for i in 1 2; do\n echo $i\ndone',
  'while read l; do echo; done < f',
  'if true; then\n echo\nfi',
  'case $x in\n a) echo ;;\nesac',
  'f() {\n echo hi\n}',
  'echo $((1 << 2))',
  'cat <<< word',
  'echo done if for { #',
  "echo # it's a comment",
  'echo a\\\n b',
  'ls |\n wc',
])('takes %j for complete', (text) => {
  expect(isOpen(text)).toBe(false);
});

it.each([
  'echo "a',
  "echo 'it",
  'cat <<EOF',
  'cat <<EOF\nEOFX',
  'for i in 1; do',
  'if true',
  'case x in',
  'f() {',
  'echo $(ls',
  'ls |',
  'a &&',
  'echo \\',
  'echo `ls',
])('takes %j for open', (text) => {
  expect(isOpen(text)).toBe(true);
});

it('splits a paste into commands and keeps bodies with theirs', () => {
  expect(splitCommands('echo 1\n\ncat <<X\nls\nX\nfor i in 1; do\n echo\ndone\necho 2')).toEqual([
    'echo 1',
    'cat <<X\nls\nX',
    'for i in 1; do\n echo\ndone',
    'echo 2',
  ]);
});
