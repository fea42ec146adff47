// The language rules alone, without types: seconds instead of a minute. npx eslint -c lint/plain-only.config.mjs libs/ssh
import ts from 'typescript-eslint';
import plain from './plain-english.mjs';

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/proto-gen/src/gen/**'] },
  {
    files: ['**/*.ts', '**/*.mjs'],
    languageOptions: { parser: ts.parser },
    linterOptions: { noInlineConfig: true },
    plugins: { plain },
    rules: { 'plain/comments': 'error', 'plain/texts': 'error' },
  },
];
