import js from '@eslint/js';
import n from 'eslint-plugin-n';
import ts from 'typescript-eslint';
import plain from './lint/plain-english.mjs';

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

/** A route method needs @Endpoint, which names the right. */
const ENDPOINT = {
  selector:
    "MethodDefinition:has(Decorator > CallExpression[callee.name=/^(Get|Post|Put|Patch|Delete|All)$/]):not(:has(Decorator > CallExpression[callee.name='Endpoint']))",
  message: 'Add @Endpoint({ right, summary, … }): an endpoint without a right is refused to every caller.',
};

/** Ways to a table that do not narrow it to the organization of the context. */
const CROSS_ORG = [
  {
    selector: "CallExpression[callee.property.name='everyOrg']",
    message:
      'Use database.tenant(ctx, Entity). Work of the system itself over all organizations: add the file to CROSS_ORG_FILES, with a reason.',
  },
  {
    selector:
      "CallExpression[callee.property.name=/^(sql|prepared)$/]:matches([callee.object.property.name='database'], [callee.object.name='database'])",
    message:
      'Use database.tenant or database.global. SQL that they can’t express: narrow it to org_id, and add the file to CROSS_ORG_FILES.',
  },
];

/** Files that may use them. The list only shrinks, or grows with a reason. */
const CROSS_ORG_FILES = [
  // One chain holds the events of all organizations.
  'services/core/src/modules/audits/audit-event.repository.ts',
  'services/core/src/modules/audits/audit-link.repository.ts',
  // Gateways hold sessions, and workers tasks, of all organizations.
  'services/core/src/modules/sessions/session.repository.ts',
  'services/core/src/modules/sessions/gateway-lease.repository.ts',
  'services/core/src/modules/tasks/task.repository.ts',
  // The decision about access joins many tables, each narrowed to the organization.
  'services/core/src/modules/perms/grant.repository.ts',
  'services/core/src/modules/perms/unmatched-accounts.repository.ts',
  // One count of changes for all organizations.
  'services/core/src/modules/perms/access-change.repository.ts',
  // Tables without organization.
  'services/core/src/modules/api-tokens/api-token.repository.ts',
  'services/core/src/modules/authentication/sign-in-lock.repository.ts',
  'services/core/src/modules/authentication/sign-in.repository.ts',
  'services/core/src/modules/outbox/outbox.repository.ts',
  // Failed sign-ins are counted for the organization of their context; one job writes the summaries of all.
  'services/core/src/modules/authentication/sign-in-failure.repository.ts',
  'services/core/src/modules/components/component.repository.ts',
  'services/core/src/modules/users/sign-in-credential.repository.ts',
  'services/core/src/modules/users/user.repository.ts',
];

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/proto-gen/src/gen/**', 'coverage/**', '.data/**', '.cache/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  // docs/style.md: plain English in comments, error texts, log lines, summaries and test titles.
  { files: ['**/*.ts', '**/*.mjs'], plugins: { plain }, rules: { 'plain/comments': 'error', 'plain/texts': 'error' } },
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
  {
    files: ['services/core/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', EXPORT_ALL, ...TIME, ENDPOINT, ...CROSS_ORG] },
  },
  { files: CROSS_ORG_FILES, rules: { 'no-restricted-syntax': ['error', EXPORT_ALL, ...TIME, ENDPOINT] } },
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
