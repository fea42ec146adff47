import js from '@eslint/js';
import n from 'eslint-plugin-n';
import ts from 'typescript-eslint';

/** Time comes from libs/context, so that tests can control it. */
const TIME = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Use the Clock of libs/context: clock.now().',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Use uuidv7 or backOffMs of libs/context, or randomToken of libs/crypto.',
  },
];

const EXPORT_ALL = { selector: 'ExportAllDeclaration', message: 'Name each export: an index is a list of the public names.' };

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/proto-gen/src/gen/**', 'coverage/**', '.data/**', '.cache/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./{libs,services}/*/tsconfig.json', './deploy/local/tsconfig.json', './tsconfig.tests.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { n },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false, properties: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/no-namespace': 'off',
      'no-restricted-syntax': ['error', EXPORT_ALL],
      'n/no-process-env': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['{libs,services}/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.suite.ts', 'libs/context/**', 'libs/testkit/**', 'libs/backing/**', 'libs/ssh/**', 'libs/rpc/**'],
    rules: { 'no-restricted-syntax': ['error', EXPORT_ALL, ...TIME] },
  },
  // Only the config.ts of a package reads process.env.
  { files: ['**/config.ts', '**/main.ts'], rules: { 'n/no-process-env': 'off' } },
  // Nest injects by the constructor's types: an `import type` of an injected class injects undefined.
  { files: ['services/core/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  // Programs that print to a terminal.
  {
    files: ['services/cli/**/*.ts', 'deploy/local/**/*.ts', 'deploy/local/*.mjs', 'tests/**/*'],
    rules: { 'no-console': 'off', 'n/no-process-env': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.suite.ts', '**/test/**/*.ts'],
    rules: { 'n/no-process-env': 'off', '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        require: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
